"""The pipelines of ``examples/ci`` work: each command in them is run, against a site of our own."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.web import Answer, Site, robots, urlset

CI = Path(__file__).parents[1] / "examples" / "ci"
INSTALL = "python -m pip install sitemap-cli"


def read(name: str) -> Any:
    return yaml.safe_load((CI / name).read_text())


@pytest.fixture
def shop(site: Site) -> Site:
    """A site with one error: a page that robots.txt keeps crawlers from."""
    robots(site, "User-agent: *", "Disallow: /private", f"Sitemap: {site.url}/sitemap.xml")
    site.routes["/sitemap.xml"] = Answer(urlset(f"{site.url}/", f"{site.url}/private"))
    return site


@pytest.fixture
def clean(site: Site) -> Site:
    """A site without any error."""
    robots(site, f"Sitemap: {site.url}/sitemap.xml")
    site.routes["/sitemap.xml"] = Answer(urlset(f"{site.url}/", f"{site.url}/a"))
    return site


def run(command: str | list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command of a pipeline as its shell would, with our program in front of every other."""
    own = Path(sys.executable).parent
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SITEMAP_")}
    environment = {"PATH": f"{own}{os.pathsep}{inherited['PATH']}", "SITEMAP_ALLOW_PRIVATE": "1", **variables}
    words = ["sh", "-c", command] if isinstance(command, str) else command
    return subprocess.run(
        words,
        cwd=folder,
        env={**inherited, "SITEMAP_DATABASE": str(folder / "sitemap.db"), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def steps() -> Iterator[str]:
    """What the workflow for GitHub runs."""
    (job,) = read("github-actions.yml")["jobs"].values()
    yield from (step["run"] for step in job["steps"] if "run" in step)


def test_the_workflow_for_github_annotates_and_stops(tmp_path: Path, shop: Site) -> None:
    install, check = steps()
    assert install == INSTALL
    summary = tmp_path / "summary.md"
    done = run(check, tmp_path, SITE=f"{shop.url}/", GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 1, done.stderr
    assert "::error" in done.stdout
    assert "SM706" in summary.read_text()
    assert json.loads((tmp_path / "sitemap.sarif").read_text())["runs"][0]["results"]
    assert "SM706" in (tmp_path / "sitemap.xml").read_text()


def test_the_workflow_for_github_uploads_what_it_writes() -> None:
    workflow = read("github-actions.yml")
    (upload,) = [
        step for step in workflow["jobs"]["check"]["steps"] if "upload-sarif" in step.get("uses", "")
    ]
    assert any(f"sarif:{upload['with']['sarif_file']}" in command for command in steps())
    assert workflow["permissions"]["security-events"] == "write"


def test_the_job_for_gitlab_writes_its_reports_and_stops(tmp_path: Path, shop: Site) -> None:
    job = read("gitlab-ci.yml")["sitemap"]
    assert job["before_script"] == [INSTALL]
    (check,) = job["script"]
    done = run(check, tmp_path, SITE=f"{shop.url}/")
    assert done.returncode == 1, done.stderr
    reports = job["artifacts"]["reports"]
    issues = json.loads((tmp_path / reports["codequality"]).read_text())
    assert "major" in {each["severity"] for each in issues}
    assert "SM706" in (tmp_path / reports["junit"]).read_text()


def test_a_pipeline_goes_on_where_nothing_is_wrong(tmp_path: Path, clean: Site) -> None:
    _, check = steps()
    done = run(check, tmp_path, SITE=f"{clean.url}/")
    assert done.returncode == 0, done.stdout + done.stderr
    (check,) = read("gitlab-ci.yml")["sitemap"]["script"]
    assert run(check, tmp_path, SITE=f"{clean.url}/").returncode == 0


@pytest.mark.parametrize(("page", "code"), [("https://example.com/ a", 1), ("https://example.com/a", 0)])
def test_the_hook_lets_only_a_good_build_be_pushed(tmp_path: Path, page: str, code: int) -> None:
    public = tmp_path / "public"
    public.mkdir()
    (public / "robots.txt").write_text("Sitemap: https://example.com/sitemap.xml\n")
    (public / "sitemap.xml").write_bytes(urlset("https://example.com/", page))
    for name in ("index", "a"):
        (public / f"{name}.html").write_text("<!doctype html><html></html>")
    (repository,) = read("pre-commit-config.yaml")["repos"]
    (hook,) = repository["hooks"]
    assert hook["additional_dependencies"] == ["sitemap-cli"]
    done = run(shlex.split(hook["entry"]), tmp_path)
    assert done.returncode == code, done.stdout + done.stderr


@pytest.mark.parametrize(("head", "code"), [("", 0), ('<meta name="robots" content="noindex">', 1)])
def test_the_workflow_for_builds_marks_lines_of_files(tmp_path: Path, head: str, code: int) -> None:
    workflow = read("github-build.yml")
    commands = {each["name"]: each["run"] for each in workflow["jobs"]["check"]["steps"] if "run" in each}
    assert commands["Install"] == INSTALL
    build = tmp_path / workflow["env"]["BUILD"]
    build.mkdir()
    (build / "robots.txt").write_text("Sitemap: https://example.com/sitemap.xml\n")
    (build / "sitemap.xml").write_bytes(urlset("https://example.com/"))
    (build / "index.html").write_text(f"<!doctype html>\n<html>\n{head}\n</html>")
    variables = {name: workflow["env"][name] for name in ("BUILD", "URL")}
    done = run(commands["Check"], tmp_path, **variables)
    assert done.returncode == code, done.stdout + done.stderr
    assert ("::error file=dist/index.html,line=3" in done.stdout) is bool(code)


@pytest.mark.parametrize(("gone", "code"), [(False, 0), (True, 1)])
def test_the_script_stops_for_a_page_that_the_build_drops(
    tmp_path: Path, clean: Site, gone: bool, code: int
) -> None:
    public = tmp_path / "public"
    public.mkdir()
    (public / "robots.txt").write_text(f"Sitemap: {clean.url}/sitemap.xml\n")
    (public / "sitemap.xml").write_bytes(urlset(f"{clean.url}/", *([] if gone else [f"{clean.url}/a"])))
    for name in ("index", "a"):
        (public / f"{name}.html").write_text("<!doctype html><html></html>")
    done = run([str(CI / "check.sh"), "public", f"{clean.url}/"], tmp_path)
    assert done.returncode == code, done.stdout + done.stderr
    assert ("does it redirect" in done.stdout) is gone


def test_every_example_is_told_of() -> None:
    told = (CI / "README.md").read_text()
    assert [file.name for file in CI.iterdir() if file.name not in told and file.name != "README.md"] == []
