"""What was found by the last resorts of the search is found again in the next job."""

import pytest

from tests.acceptance.command import Program
from tests.web import Answer, Site, validated

pytestmark = pytest.mark.usefixtures("schema")

PAGE = b'<!doctype html><html><link rel="alternate" type="application/rss+xml" href="/feed"></html>'


def page_of_feed(site: Site, number: int, more: str = "") -> bytes:
    item = f"<item><link>{site.url}/{number}</link></item>"
    head = '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
    return f"{head}{more}{item}</channel></rss>".encode()


@pytest.mark.parametrize("found", ["in a page", "by robots.txt", "by the user"])
def test_the_next_page_of_a_feed_is_read_though_the_feed_is_unchanged(
    found: str, program: Program, site: Site
) -> None:
    link = '<atom:link rel="next" href="/feed?page=2"/>'
    if found == "in a page":
        site.routes["/"] = Answer(PAGE)
    elif found == "by robots.txt":
        site.routes["/robots.txt"] = Answer(f"Sitemap: {site.url}/feed\n".encode())
    target = f"{site.url}/feed" if found == "by the user" else f"{site.url}/"
    site.routes["/feed"] = validated(page_of_feed(site, 1, link), '"1"')
    second = site.routes["/feed?page=2"] = validated(page_of_feed(site, 2), '"2"')
    for code, page in ((0, second), (3, Answer(status=503)), (0, second), (0, second)):
        site.routes["/feed?page=2"] = page
        done = program("analyze", target, "--allow-private", "--format", "json")
        assert (done.code, done.json["results"][0]["totals"]["unique_urls"]) == (code, 2 - (code == 3))
        ways = {each["url"]: each["discovered_by"] for each in done.json["results"][0]["sitemaps"]}
        assert ways[f"{site.url}/feed?page=2"] == "feed"
    # Only the last page can be known by its validators.
    assert [each["status_code"] for each in done.json["results"][0]["sitemaps"]] == [200, 304]


def test_a_feed_without_further_pages_is_not_sent_again(program: Program, site: Site) -> None:
    site.routes["/robots.txt"] = Answer(f"Sitemap: {site.url}/feed\n".encode())
    site.routes["/feed"] = validated(page_of_feed(site, 1), '"1"')
    for status in (200, 304, 304):
        done = program("analyze", f"{site.url}/", "--allow-private", "--format", "json")
        assert [each["status_code"] for each in done.json["results"][0]["sitemaps"]] == [status]


def test_pages_of_a_feed_that_a_limit_left_out_are_read_without_it(program: Program, site: Site) -> None:
    link = '<atom:link rel="next" href="/feed?page=2"/>'
    site.routes["/robots.txt"] = Answer(f"Sitemap: {site.url}/feed\n".encode())
    site.routes["/feed"] = validated(page_of_feed(site, 1, link), '"1"')
    site.routes["/feed?page=2"] = validated(page_of_feed(site, 2), '"2"')
    for options, code, urls in ((("--max-sitemaps", "1"), 3, 1), ((), 0, 2)):
        done = program("analyze", f"{site.url}/", "--allow-private", "--format", "json", *options)
        assert (done.code, done.json["results"][0]["totals"]["unique_urls"]) == (code, urls)
