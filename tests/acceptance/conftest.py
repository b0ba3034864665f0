"""Fixtures: the program in an empty folder, and a database in which a small site was recorded."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.command import Program
from tests.acceptance.search_engine import PATH
from tests.many import Many
from tests.web import Answer, Site, gz, index, robots, urlset

# The server of the tests is on loopback, which is refused otherwise.
LOOPBACK = {"SITEMAP_ALLOW_PRIVATE": "1", "SITEMAP_RETRIES": "0"}


@dataclass(frozen=True, slots=True)
class Recorded:
    """A program whose database holds jobs: ``complete`` of a small site, ``partial`` of the same."""

    program: Program
    domain: str
    url: str
    complete: str
    partial: str


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The program in an empty folder; it may ask loopback addresses."""
    return Program(tmp_path, LOOPBACK)


@pytest.fixture
def schema(program: Program, sqlite_template: Path) -> None:
    """Give the program a database with the current schema: creating one takes as long as most commands."""
    shutil.copy(sqlite_template, program.database)


@pytest.fixture(params=["sqlite", "postgres"])
def shared(request: pytest.FixtureRequest, program: Program) -> Program:
    """The program with either kind of database, which several processes use."""
    if request.param == "sqlite":
        return program
    return program.having(SITEMAP_DATABASE=request.getfixturevalue("upgraded_postgres_url"))


@pytest.fixture
def many() -> Iterator[Many]:
    """As many small sites as there are names below one domain."""
    with Many.serving() as sites:
        yield sites


@pytest.fixture
def engine() -> Iterator[Site]:
    """A search engine that accepts all URLs."""
    with Site() as running:
        running.routes[PATH] = Answer()
        yield running


def furnish(site: Site) -> None:
    """Give a site an index, two sitemaps below it and a page in each of them that is worth a look."""
    robots(site, "User-agent: *", "Disallow: /private", f"Sitemap: {site.url}/index.xml")
    site.routes["/index.xml"] = Answer(index(f"{site.url}/a.xml", f"{site.url}/b.xml.gz"))
    pages = [f"{site.url}/page-{n}" for n in range(3)]
    site.routes["/a.xml"] = Answer(
        urlset(*pages, lastmod="2026-01-02", changefreq="daily", priority="0.8"),
        headers=(("ETag", '"a"'), ("Last-Modified", "Fri, 02 Jan 2026 00:00:00 GMT")),
    )
    site.routes["/b.xml.gz"] = Answer(
        gz(urlset(f"{site.url}/old", f"{site.url}/page-0", lastmod="2020-01-01"))
    )


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    """Two recorded jobs, newest last; for tests that only read."""
    program = Program(tmp_path_factory.mktemp("recorded"), LOOPBACK)
    with Site() as site:
        furnish(site)
        first = program("analyze", f"{site.url}/", "--format", "jsonl")
        assert first.code == 0, first.err
        site.routes["/b.xml.gz"] = Answer(status=500)
        second = program("analyze", f"{site.url}/", "--format", "jsonl")
        assert second.code == 3, second.err
        ids = [done.records[0]["job_id"] for done in (first, second)]
        yield Recorded(program, site.netloc, site.url, *ids)
