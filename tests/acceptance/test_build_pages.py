"""``sitemap check FOLDER --probe``: the pages of a local build, in every format, with files and lines."""

import csv
import io
import re
from pathlib import Path

import pytest

from tests.acceptance.command import Done, Program
from tests.web import urlset

pytestmark = pytest.mark.usefixtures("schema")

SITE = "https://example.com"
HIDDEN, SECOND = "dist/blog/hidden/index.html", "dist/blog/second/index.html"


def write_page(folder: Path, path: str, url: str, head: str = "") -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    link = f'<link rel="canonical" href="{SITE}{url}">'
    file.write_text(
        f"<!doctype html>\n<html>\n<head>\n<title>{url}</title>\n{link}\n{head}\n</head>\n</html>\n"
    )


@pytest.fixture
def build(program: Program) -> Path:
    """A build with two hidden pages, a redirect, a missing page and one that no sitemap lists."""
    folder = program.folder / "dist"
    folder.mkdir()
    (folder / "robots.txt").write_text(f"User-agent: *\nSitemap: {SITE}/sitemap.xml\n")
    listed = ["/", "/blog/hidden/", "/blog/second/", "/old/", "/missing/"]
    (folder / "sitemap.xml").write_bytes(urlset(*(f"{SITE}{each}" for each in listed)))
    write_page(folder, "index.html", "/")
    write_page(folder, "blog/hidden/index.html", "/blog/hidden/", '<meta name="robots" content="noindex">')
    write_page(folder, "blog/second/index.html", "/blog/second/", '\n<meta name="robots" content="none">')
    write_page(folder, "pricing/index.html", "/pricing/")
    (folder / "_redirects").write_text("# moved\n/old/ / 301\n")
    return folder


def check(program: Program, *options: str, target: str = "dist", probe: str = "--probe") -> Done:
    selected = ("--select", "SM70,SM75", "--base-url", SITE)
    return program("check", target, probe, *selected, *options)


PLACES = {
    ("SM703", "dist/_redirects", 2),
    ("SM704", HIDDEN, 6),
    ("SM704", SECOND, 7),
    ("SM753", "dist/pricing/index.html", 1),
}


def test_text_names_files_and_lines(program: Program, build: Path) -> None:
    done = check(program)
    assert done.code == 1
    for _, file, line in PLACES:
        assert f"{file}:{line}" in done.out
    assert re.search(r"no file in the build: https://example.com/missing/|/missing/ .*no file", done.out)
    assert re.search(r"dist/sitemap\.xml:\d", done.out)
    assert "read the build instead of requesting pages: 5 pages" in done.out


def test_annotations_of_github_are_at_the_lines(program: Program, build: Path) -> None:
    out = check(program, "--format", "github").out
    found = re.findall(r"^::(?:error|warning) file=([^,]+),line=(\d+).*title=(SM\d+)", out, re.MULTILINE)
    assert {(rule, file, int(line)) for file, line, rule in found} >= PLACES


def test_code_quality_of_gitlab_has_an_issue_for_each_line(program: Program, build: Path) -> None:
    issues = check(program, "--format", "gitlab").json
    found = {
        (each["check_name"][:5], each["location"]["path"], each["location"]["lines"]["begin"])
        for each in issues
    }
    assert found >= PLACES
    assert len({each["fingerprint"] for each in issues}) == len(issues)


def test_sarif_has_files_relative_to_the_working_folder(program: Program, build: Path) -> None:
    (run,) = check(program, "--format", "sarif").json["runs"]
    found = set()
    for result in run["results"]:
        for location in (*result["locations"], *result.get("relatedLocations", ())):
            physical = location["physicalLocation"]
            uri, region = physical["artifactLocation"]["uri"], physical.get("region", {})
            found.add((result["ruleId"], uri, region.get("startLine")))
    assert found >= PLACES


def test_json_and_csv_have_a_field_for_the_file(program: Program, build: Path) -> None:
    findings = check(program, "--format", "json").json["findings"]
    found = {
        (finding["rule"], each["file"], each["line"])
        for finding in findings
        for each in (finding, *finding.get("examples", ()))
        if "file" in each
    }
    assert found >= PLACES
    rows = csv.DictReader(io.StringIO(check(program, "--format", "csv").out))
    assert {(each["rule"], each["file"], int(each["line"] or 0)) for each in rows} >= PLACES


@pytest.mark.parametrize("form", ["junit", "markdown"])
def test_reports_for_people_name_files_and_lines(form: str, program: Program, build: Path) -> None:
    out = check(program, "--format", form).out
    out = re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), out)
    for _, file, line in PLACES:
        assert f"{file}:{line}" in out


def test_a_finding_can_be_ignored_at_files(program: Program, build: Path) -> None:
    done = check(program, "--ignore-at", "SM704 dist/blog/*: not yet public", "--format", "json")
    assert "SM704" not in {each["rule"] for each in done.json["findings"]}
    assert done.json["summary"]["excused"] == 2


def test_a_sample_reads_some_pages(program: Program, build: Path) -> None:
    done = check(program, "--format", "json", probe="--probe=2")
    (target,) = done.json["targets"]
    assert (target["requested_pages"]["requested"], target["requested_pages"]["of"]) == (2, 5)
    whole = check(program, "--format", "json").json["targets"][0]
    assert whole["probed"]["answered"] == 5


def test_a_sitemap_is_checked_with_the_files_beside_it(program: Program, build: Path) -> None:
    done = check(program, "--format", "json", target="dist/sitemap.xml")
    assert {each["rule"] for each in done.json["findings"]} >= {"SM703", "SM704", "SM750"}


def test_a_build_elsewhere_has_absolute_files(program: Program, build: Path) -> None:
    elsewhere = program.folder.parent / f"elsewhere-{program.folder.name}"
    build.rename(elsewhere)
    done = check(program, "--format", "json", target=str(elsewhere))
    files = {each["file"] for each in done.json["findings"] if "file" in each}
    assert str(elsewhere / "_redirects") in files


def test_names_of_files_cannot_write_to_the_terminal(program: Program, build: Path) -> None:
    name = "\x1b[31mred\n::error::x"
    write_page(build, f"{name}/index.html", "/x/")
    (build / "etc").symlink_to("/etc")
    for form in ("text", "github", "markdown", "junit", "csv"):
        done = check(program, "--format", form)
        assert "\x1b[31m" not in done.out
        assert not re.search(r"^::error::x", done.out, re.MULTILINE)
        assert "root:" not in done.out


def test_nothing_is_said_of_pages_without_the_option(program: Program, build: Path) -> None:
    done = program("check", "dist", "--base-url", SITE, "--select", "SM70,SM75", "--format", "json")
    assert done.json["findings"] == []


def test_the_configuration_file_turns_it_on(program: Program, build: Path) -> None:
    (program.folder / "sitemap.toml").write_text("[check]\nprobe = true\n")
    done = program("check", "dist", "--base-url", SITE, "--select", "SM750", "--format", "json")
    assert [each["rule"] for each in done.json["findings"]] == ["SM750"]
