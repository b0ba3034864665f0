"""Pages rather than documents: HEAD, the headers about indexing, and no more bytes than are of use."""

import pytest

from sitemap_cli.fetch.interface import Purpose
from sitemap_cli.fetch.response_body import MAX_PAGE
from tests.web import Answer, gz, redirect

TAGS = (("X-Robots-Tag", "googlebot: noindex"), ("x-robots-tag", "noarchive"))
LINKS = (("Link", '</a>; rel="canonical"'), ("Link", "</b>; rel=preload"))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_all_headers_of_a_name_are_there(site, visit, method):
    site.routes["/a"] = Answer(b"x", headers=(*TAGS, *LINKS))
    fetched, _ = await visit()(f"{site.url}/a", Purpose.PAGE, method=method)
    assert fetched.robots_tags == ("googlebot: noindex", "noarchive")
    assert fetched.links == ('</a>; rel="canonical"', "</b>; rel=preload")


async def test_those_of_a_redirect_are_not_those_of_the_page(site, visit):
    site.routes["/a"] = Answer(status=301, headers=(("Location", "/b"), *TAGS))
    site.routes["/b"] = Answer(b"x")
    fetched, _ = await visit()(f"{site.url}/a", Purpose.PAGE)
    assert fetched.robots_tags == ()


async def test_head_brings_no_body_and_follows_redirects(site, visit):
    site.routes["/a"] = redirect("/b", 303)
    site.routes["/b"] = Answer(gz(b"x" * 1_000), headers=(("Content-Encoding", "gzip"), ("ETag", '"1"')))
    fetched, content = await visit()(f"{site.url}/a", Purpose.PAGE, method="HEAD")
    assert (fetched.status_code, fetched.fault, content, fetched.etag) == (200, None, None, '"1"')
    assert [(hit.method, hit.path) for hit in site.hits] == [("HEAD", "/a"), ("HEAD", "/b")]


async def test_a_connection_is_used_again_after_head(site, visit):
    site.routes["/a"] = Answer(b"x" * 100)
    visiting = visit()
    for method in ("HEAD", "GET", "HEAD"):
        fetched, _ = await visiting(f"{site.url}/a", Purpose.PAGE, method=method)
        assert fetched.fault is None
    assert site.connections == 1


@pytest.mark.parametrize("packed", [False, True])
async def test_of_a_long_page_the_beginning_is_enough(site, visit, packed):
    body = b"<title>x</title>" + b"y" * 3 * MAX_PAGE
    site.routes["/a"] = Answer(gz(body) if packed else body)
    fetched, content = await visit()(f"{site.url}/a", Purpose.PAGE)
    assert (fetched.status_code, fetched.fault) == (200, None)
    assert content == body[:MAX_PAGE]


async def test_a_document_is_read_further_than_a_page(site, visit):
    site.routes["/a"] = Answer(b"y" * 2 * MAX_PAGE)
    _, content = await visit()(f"{site.url}/a")
    assert len(content) == 2 * MAX_PAGE
