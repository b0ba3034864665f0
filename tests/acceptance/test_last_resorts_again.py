"""What was found by the last resorts of the search is found again in the next job."""

from tests.acceptance.command import Program
from tests.web import Answer, Site, validated

PAGE = b'<!doctype html><html><link rel="alternate" type="application/rss+xml" href="/feed"></html>'


def page_of_feed(site: Site, number: int, more: str = "") -> bytes:
    item = f"<item><link>{site.url}/{number}</link></item>"
    head = '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
    return f"{head}{more}{item}</channel></rss>".encode()


def test_the_next_page_of_a_feed_is_read_though_the_feed_is_unchanged(program: Program, site: Site) -> None:
    link = '<atom:link rel="next" href="/feed?page=2"/>'
    site.routes["/"] = Answer(PAGE)
    site.routes["/feed"] = validated(page_of_feed(site, 1, link), '"1"')
    site.routes["/feed?page=2"] = validated(page_of_feed(site, 2), '"2"')
    for _ in range(2):
        done = program("analyze", f"{site.url}/", "--allow-private", "--format", "json")
        assert (done.code, done.json["results"][0]["totals"]["unique_urls"]) == (0, 2)
