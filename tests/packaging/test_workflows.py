"""Workflows, the action and the hook: pinned, in agreement with the project, and their commands work."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from sitemap_cli.cli.framework.app import build_app
from tests.test_docs import understand
from tests.web import urlset

ROOT = Path(__file__).parents[2]
WORKFLOWS = {path.stem: path for path in (ROOT / ".github" / "workflows").glob("*.yml")}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*")


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def list_steps(workflow: Any) -> Iterator[dict[str, Any]]:
    for job in workflow["jobs"].values():
        yield from job["steps"]


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_actions_are_pinned_by_commit(name: str) -> None:
    used = re.findall(r"uses: (.*)", WORKFLOWS[name].read_text(encoding="utf-8"))
    assert used
    assert [each for each in used if not PINNED.fullmatch(each)] == []


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_workflows_may_read_and_little_more_and_end(name: str) -> None:
    workflow = load(WORKFLOWS[name])
    assert workflow["permissions"] in ({}, {"contents": "read"})
    assert all(job["timeout-minutes"] <= 60 for job in workflow["jobs"].values())


@pytest.mark.parametrize("name", sorted(WORKFLOWS))
def test_scripts_that_workflows_run_exist(name: str) -> None:
    scripts = re.findall(r"bash (\.ci/\w+)", WORKFLOWS[name].read_text(encoding="utf-8"))
    assert [each for each in scripts if not (ROOT / each).is_file()] == []


def test_the_classifiers_promise_what_is_tested() -> None:
    job = load(WORKFLOWS["ci"])["jobs"]["test"]
    promised = {
        name.rpartition(" ")[2]
        for name in PROJECT["classifiers"]
        if re.fullmatch(r"Programming Language :: Python :: 3\.\d+", name)
    }
    tried = set(re.findall(r"'(3\.\d+)'", job["continue-on-error"]))
    assert promised == set(job["strategy"]["matrix"]["python"]) - tried
    systems = {name for name in PROJECT["classifiers"] if name.startswith("Operating System")}
    assert (job["runs-on"], systems) == ("ubuntu-latest", {"Operating System :: POSIX :: Linux"})


def test_pre_releases_are_of_libraries_that_are_required() -> None:
    (command,) = [
        step["run"] for step in list_steps(load(WORKFLOWS["prereleases"])) if "--pre" in step.get("run", "")
    ]
    names = {word.lower() for word in command.split("--pre ")[1].split()}
    assert names == {"aiohttp", "aiosqlite", "sqlalchemy", "typer"}
    assert names <= {re.split(r"[^\w-]", each)[0] for each in PROJECT["dependencies"]}


def test_a_release_is_tested_and_built_before_it_is_published() -> None:
    jobs = load(WORKFLOWS["release"])["jobs"]
    assert set(jobs["publish"]["needs"]) == {"test", "build"}
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert {jobs[name]["needs"] for name in ("image", "release")} == {"publish"}
    assert "bash .ci/wheel dist" in [step.get("run") for step in jobs["build"]["steps"]]


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A build of a site whose sitemap lists the URLs of two pages, one of them with a space."""
    folder = tmp_path / "my build"
    folder.mkdir()
    (folder / "robots.txt").write_text("Sitemap: https://example.com/sitemap.xml\n")
    (folder / "sitemap.xml").write_bytes(urlset("https://example.com/", "https://example.com/ a"))
    return folder


def run(command: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SITEMAP_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**inherited, "PATH": path, **variables}
    return subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )


@pytest.mark.parametrize(("fail_on", "code"), [("error", 1), ("never", 0)])
def test_the_action_annotates_and_exits_like_the_program(
    tmp_path: Path, build: Path, fail_on: str, code: int
) -> None:
    action = load(ROOT / "action.yml")
    _, check = action["runs"]["steps"]
    (tmp_path / "sitemap" / "bin").mkdir(parents=True)
    (tmp_path / "sitemap" / "bin" / "sitemap").symlink_to(Path(sys.executable).with_name("sitemap"))
    given = {
        "target": f"{build.name}\n",
        "base-url": "https://example.com/",
        "fail-on": fail_on,
        "sarif": "out.sarif",
        "arguments": "--ignore\nSM335\n",
    }
    assert set(given) == set(action["inputs"])
    variables = {
        name: given[value.removeprefix("${{ inputs.").removesuffix(" }}")]
        for name, value in check["env"].items()
    }
    output = tmp_path / "output"
    runner = {"RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(output)}
    done = run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", check["run"]],
        tmp_path,
        **variables,
        **runner,
    )
    assert done.returncode == code, done.stderr
    assert output.read_text() == f"exit-code={code}\n"
    assert "::error" in done.stdout
    assert (tmp_path / "out.sarif").exists()
    assert (tmp_path / "sitemap.db").exists()


def test_the_hook_checks_a_build(tmp_path: Path, build: Path) -> None:
    (hook,) = load(ROOT / ".pre-commit-hooks.yaml")
    assert (hook["language"], hook["pass_filenames"], hook["always_run"]) == ("python", False, True)
    arguments = [build.name, "--base-url", "https://example.com/"]
    done = run([*shlex.split(hook["entry"]), *arguments], tmp_path, SITEMAP_DATABASE="sitemap.db")
    assert done.returncode == 1, done.stderr
    understand(typer.main.get_command(build_app()), [*shlex.split(hook["entry"])[1:], *arguments])
