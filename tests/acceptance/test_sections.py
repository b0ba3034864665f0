"""The URLs of a site by section, and what changed since the previous complete job."""

import json
import sqlite3
from typing import Any

import pytest

from tests.acceptance.command import Program
from tests.web import Answer, Site, robots, urlset

pytestmark = pytest.mark.usefixtures("schema")

FIRST = {"/products/": 12, "/blog/": 5, "/": 1}
SECOND = {"/products/": 9, "/blog/": 5, "/de/": 2}


def publish(site: Site, sections: dict[str, int]) -> None:
    robots(site, f"Sitemap: {site.url}/sitemap.xml")
    urls = (f"{site.url}{section}page-{n}" for section, count in sections.items() for n in range(count))
    site.routes["/sitemap.xml"] = Answer(urlset(*urls))


def analyze(program: Program, site: Site, sections: dict[str, int]) -> list[dict[str, Any]]:
    publish(site, sections)
    return program("analyze", site.url, "--format", "jsonl").records[0]["sections"]


def test_sections_are_compared_with_the_previous_complete_job(program: Program, site: Site) -> None:
    assert analyze(program, site, FIRST) == [
        {"prefix": "/products/", "from": None, "to": 12},
        {"prefix": "/blog/", "from": None, "to": 5},
        {"prefix": "/", "from": None, "to": 1},
    ]
    assert analyze(program, site, SECOND) == [
        {"prefix": "/products/", "from": 12, "to": 9},
        {"prefix": "/blog/", "from": 5, "to": 5},
        {"prefix": "/de/", "from": 0, "to": 2},
        {"prefix": "/", "from": 1, "to": 0},
    ]


def test_the_summary_shows_the_sections_of_a_site_that_has_several(program: Program, site: Site) -> None:
    analyze(program, site, FIRST)
    publish(site, SECOND)
    lines = program("analyze", site.url).out.splitlines()
    at = lines.index("Sections")
    assert [" ".join(line.split()) for line in lines[at + 1 : at + 5]] == [
        "/products/ 9 was 12, -25%",
        "/blog/ 5",
        "/de/ 2 new",
        "/ 0 was 1, gone",
    ]
    publish(site, {"/products/": 9})
    assert "Sections" in program("analyze", site.url).out
    assert "Sections" not in program("analyze", site.url).out


def test_a_check_shows_the_sections_in_every_format_for_people_and_in_json(
    program: Program, site: Site
) -> None:
    analyze(program, site, FIRST)
    publish(site, SECOND)
    done = program(
        "check", site.url, "--format", "text", "--format", "markdown:out.md", "--format", "json:out.json"
    )
    line = "sections: /products/ 9 (was 12, -25%), /blog/ 5, /de/ 2 (new), / 0 (was 1, gone)"
    assert line in done.out
    assert "/products/ 9 &#40;was 12, -25%&#41;" in (program.folder / "out.md").read_text()
    (target,) = json.loads((program.folder / "out.json").read_text())["targets"]
    assert target["sections"][0] == {"prefix": "/products/", "from": 12, "to": 9}


def test_each_section_can_be_listed(program: Program, site: Site) -> None:
    analyze(program, site, FIRST)
    domain = site.netloc
    assert len(program("urls", domain, "--section", "/products/").out.splitlines()) == 12


def forget_sections(program: Program) -> None:
    """Make the documents those of an older version."""
    with sqlite3.connect(program.database) as connection:
        connection.execute("UPDATE documents SET sections = NULL")
    connection.close()


def test_the_sections_of_an_older_version_are_unknown_until_a_job_uses_them_again(
    program: Program, site: Site
) -> None:
    first = analyze(program, site, FIRST)
    forget_sections(program)
    assert "sections" not in program("jobs", "show", "last", "--format", "json").json
    again = analyze(program, site, FIRST)
    assert [each["to"] for each in again] == [each["to"] for each in first]
    assert all(each["from"] == each["to"] for each in again)


def test_what_changed_is_unknown_if_only_an_older_version_recorded_it(program: Program, site: Site) -> None:
    analyze(program, site, FIRST)
    forget_sections(program)
    assert analyze(program, site, SECOND)[0] == {"prefix": "/products/", "from": None, "to": 9}


def test_a_sitemap_that_is_listed_twice_counts_once(program: Program, site: Site) -> None:
    publish(site, FIRST)
    site.routes["/copy.xml"] = site.routes["/sitemap.xml"]
    robots(site, f"Sitemap: {site.url}/sitemap.xml", f"Sitemap: {site.url}/copy.xml")
    (result,) = program("analyze", site.url, "--format", "jsonl").records
    assert result["totals"]["urls"] == 36
    assert result["sections"][0]["to"] == 12
