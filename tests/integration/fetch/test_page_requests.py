"""Requests for pages: HEAD, headers about indexing, and only as many bytes as needed."""

import pytest

from sitemap_cli.fetch.interface import Purpose
from sitemap_cli.fetch.response_body import MAX_PAGE
from tests.web import Answer, gz, redirect

TAGS = (("X-Robots-Tag", "googlebot: noindex"), ("x-robots-tag", "noarchive"))
LINKS = (("Link", '</a>; rel="canonical"'), ("Link", "</b>; rel=preload"))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_repeated_headers_are_all_kept(site, visit, method):
    site.routes["/a"] = Answer(b"x", headers=(*TAGS, *LINKS))
    response, _ = await visit()(f"{site.url}/a", Purpose.PAGE, method=method)
    assert response.robots_tags == ("googlebot: noindex", "noarchive")
    assert response.links == ('</a>; rel="canonical"', "</b>; rel=preload")


async def test_headers_of_a_redirect_are_not_those_of_the_page(site, visit):
    site.routes["/a"] = Answer(status=301, headers=(("Location", "/b"), *TAGS))
    site.routes["/b"] = Answer(b"x")
    response, _ = await visit()(f"{site.url}/a", Purpose.PAGE)
    assert response.robots_tags == ()


async def test_head_brings_no_body_and_follows_redirects(site, visit):
    site.routes["/a"] = redirect("/b", 303)
    site.routes["/b"] = Answer(gz(b"x" * 1_000), headers=(("Content-Encoding", "gzip"), ("ETag", '"1"')))
    response, content = await visit()(f"{site.url}/a", Purpose.PAGE, method="HEAD")
    assert (response.status_code, response.fault, content, response.etag) == (200, None, None, '"1"')
    assert [(hit.method, hit.path) for hit in site.hits] == [("HEAD", "/a"), ("HEAD", "/b")]


async def test_a_connection_is_reused_after_head(site, visit):
    site.routes["/a"] = Answer(b"x" * 100)
    visiting = visit()
    for method in ("HEAD", "GET", "HEAD"):
        response, _ = await visiting(f"{site.url}/a", Purpose.PAGE, method=method)
        assert response.fault is None
    assert site.connections == 1


@pytest.mark.parametrize("packed", [False, True])
async def test_only_the_beginning_of_a_long_page_is_read(site, visit, packed):
    body = b"<title>x</title>" + b"y" * 3 * MAX_PAGE
    site.routes["/a"] = Answer(gz(body) if packed else body)
    response, content = await visit()(f"{site.url}/a", Purpose.PAGE)
    assert (response.status_code, response.fault) == (200, None)
    assert content == body[:MAX_PAGE]


async def test_a_document_is_read_further_than_a_page(site, visit):
    site.routes["/a"] = Answer(b"y" * 2 * MAX_PAGE)
    _, content = await visit()(f"{site.url}/a")
    assert len(content) == 2 * MAX_PAGE


async def test_the_time_until_the_first_byte_does_not_include_the_body(site, visit):
    site.routes["/late"] = Answer(b"x" * 2_000, delay=0.3, pace=4_000)
    site.routes["/refused"] = Answer(reset=True)
    response, _ = await visit()(f"{site.url}/late", Purpose.PAGE)
    assert response.first_byte_ms >= 290
    assert response.ms - response.first_byte_ms >= 200
    refused, _ = await visit(retries=0)(f"{site.url}/refused", Purpose.PAGE)
    assert refused.first_byte_ms is None
