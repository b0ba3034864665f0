"""A whole site over HTTP, robots.txt to the last of 100,000 URLs, comes back as its files list it."""

import csv
import gzip
import html
import io
import re

import pytest

from tests.acceptance.command import Program
from tests.web import Answer, Site, gz, index, robots

FILES, URLS = 10, 10_000
LISTED = re.compile(r"<loc>(.*?)</loc>\s*<lastmod>(.*?)</lastmod>\s*<priority>(.*?)</priority>")


def sitemap(site: Site, number: int) -> bytes:
    entries = "".join(
        f"<url><loc>{site.url}/{number}/page-{at}?a=1&amp;b={at % 7}</loc>"
        f"<lastmod>2026-{1 + at % 11:02}-{1 + at % 28:02}</lastmod><priority>0.{at % 10}</priority></url>\n"
        for at in range(URLS)
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    return gz(f"{head}{entries}</urlset>".encode())


@pytest.fixture
def furnished(site: Site) -> Site:
    robots(site, f"Sitemap: {site.url}/index.xml")
    site.routes["/index.xml"] = Answer(index(*(f"{site.url}/{number}.xml.gz" for number in range(FILES))))
    for number in range(FILES):
        site.routes[f"/{number}.xml.gz"] = Answer(
            sitemap(site, number), headers=(("Content-Type", "application/x-gzip"),)
        )
    return site


def listed(site: Site) -> list[tuple[str, str, str]]:
    """What the files say, read without a line of ours."""
    texts = (gzip.decompress(site.routes[f"/{number}.xml.gz"].body).decode() for number in range(FILES))
    return [(html.unescape(loc), date, prio) for text in texts for loc, date, prio in LISTED.findall(text)]


def test_every_url_of_a_site_is_recorded_and_given_back(
    program: Program, database_url: str, furnished: Site
) -> None:
    program = program.having(SITEMAP_DATABASE=database_url)
    assert program("db", "upgrade").code == 0
    done = program("analyze", f"{furnished.url}/", "--format", "json")
    assert done.code == 0, done.err
    (result,) = done.json["results"]
    assert result["totals"]["urls"] == result["totals"]["unique_urls"] == FILES * URLS
    assert len(result["sitemaps"]) == FILES + 1
    expected = listed(furnished)
    assert len(expected) == FILES * URLS
    printed = program("urls", furnished.netloc, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(printed.out, newline="")))
    assert [(row["loc"], row["lastmod"], row["priority"]) for row in rows] == expected


def test_each_address_of_the_site_is_asked_once(program: Program, furnished: Site) -> None:
    assert program("analyze", f"{furnished.url}/").code == 0
    asked = sorted(furnished.paths)
    assert asked == sorted(["/robots.txt", "/index.xml", *(f"/{number}.xml.gz" for number in range(FILES))])
