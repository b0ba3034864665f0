"""``sitemap check`` of a local build: before it is published, and against what is."""

from pathlib import Path

import pytest

from tests.acceptance.command import Program
from tests.web import Answer, Site, robots, urlset


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A local build with one fragment."""
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "robots.txt").write_text("User-agent: *\nSitemap: https://example.com/sitemap.xml\n")
    (folder / "sitemap.xml").write_bytes(urlset("https://example.com/", "https://example.com/new#top"))
    return folder


def test_a_build_is_checked_before_it_is_published(program: Program, build: Path) -> None:
    done = program(
        "check", str(build), "--base-url", "https://example.com", "--format", "json", "--select", "SM306"
    )
    (finding,) = done.json["findings"]
    assert (finding["sitemap"], finding["loc"]) == (
        "https://example.com/sitemap.xml",
        "https://example.com/new#top",
    )


def test_a_finding_in_a_build_names_its_file(program: Program, build: Path) -> None:
    options = ("--base-url", "https://example.com", "--format", "sarif", "--select", "SM306")
    done = program("check", str(build), *options)
    (result,) = done.json["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "dist/sitemap.xml"


def test_a_build_is_held_against_production(program: Program, build: Path, site: Site) -> None:
    robots(site, f"Sitemap: {site.url}/sitemap.xml")
    site.routes["/sitemap.xml"] = Answer(urlset("https://example.com/", "https://example.com/old"))
    options = ("--base-url", "https://example.com", "--against", f"{site.url}/", "--format", "json")
    done = program("check", str(build), *options, "--select", "SM8")
    found = {each["rule"]: (each["loc"], each["severity"]) for each in done.json["findings"]}
    assert found == {
        "SM806": ("https://example.com/old", "warning"),
        "SM807": ("https://example.com/new#top", "info"),
    }


def test_a_site_is_held_against_a_file_of_addresses(program: Program, build: Path) -> None:
    (program.folder / "crawled.txt").write_text("https://example.com/\nhttps://example.com/orphan\n")
    options = ("--base-url", "https://example.com", "--against", "crawled.txt", "--format", "json")
    done = program("check", str(build), *options, "--select", "SM711")
    (finding,) = done.json["findings"]
    told = [finding["message"], *(each["message"] for each in finding["examples"])]
    assert finding["count"] == 2
    assert told == [
        "https://example.com/orphan is in crawled.txt but in no sitemap",
        "https://example.com/new#top is in a sitemap but not in crawled.txt",
    ]


def test_production_that_cannot_be_read_is_nothing_to_compare_with(program: Program, build: Path) -> None:
    done = program(
        "check", str(build), "--base-url", "https://example.com", "--against", "http://127.0.0.1:1/"
    )
    assert done.code == 4
    assert "nothing to compare with" in done.err


def test_the_order_of_elements_is_judged_when_it_is_asked_for(program: Program, build: Path) -> None:
    entry = b"<url><lastmod>2026-01-01</lastmod><loc>https://example.com/late</loc></url>"
    (build / "sitemap.xml").write_bytes(urlset("https://example.com/").replace(b"<url>", entry + b"<url>", 1))
    check = (
        "check",
        str(build),
        "--base-url",
        "https://example.com",
        "--format",
        "json",
        "--fail-on",
        "info",
    )
    assert program(*check, "--select", "SM2").code == 0
    done = program(*check, "--select", "SM2", "--xsd")
    (finding,) = done.json["findings"]
    assert (done.code, finding["rule"], finding["loc"]) == (1, "SM211", "https://example.com/late")
    assert program(*check, "--select", "SM2", "--xsd", "--ignore", "schema-order").code == 0
