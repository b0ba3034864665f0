"""Bot walls over HTTP: the response is kept, and the fault names the vendor."""

import pytest

from sitemap_cli.fetch.interface import Purpose
from tests.web import Answer, gz, in_turn, urlset

HTML = ("Content-Type", "text/html")
PAGE = b"<!doctype html><html><head><title>Azure WAF</title></head><body></body></html>"
ZIPPED = ("Content-Encoding", "gzip")


@pytest.mark.parametrize(
    ("answer", "keeps_body"),
    [
        (Answer(PAGE, 403, headers=(HTML,)), False),
        (Answer(gz(PAGE), 403, headers=(HTML, ZIPPED)), False),
        (Answer(PAGE, 503, headers=(HTML, ("Retry-After", "1"))), False),
        (Answer(PAGE + b" " * 300_000, 403, headers=(HTML,)), False),
        (Answer(PAGE, 403, headers=(HTML,), chunked=True), False),
        (Answer(PAGE, headers=(HTML,)), True),
        (Answer(PAGE, headers=(("Content-Type", "application/xml"),)), True),
        (Answer(gz(PAGE), headers=(HTML, ZIPPED)), True),
        (Answer(PAGE[:-20], headers=(HTML, ("Content-Length", "999"))), True),
    ],
)
async def test_a_wall_is_a_fault_and_not_retried(site, visit, answer, keeps_body):
    site.routes["/sitemap.xml"] = answer
    response, content = await visit()(f"{site.url}/sitemap.xml")
    assert (response.status_code, response.fault.reason) == (answer.status, "challenge")
    assert "Azure WAF" in response.fault.message
    assert (content is not None) == keeps_body
    assert site.count("/sitemap.xml") == 1


async def test_a_header_without_a_body_is_enough(site, visit):
    site.routes["/sitemap.xml"] = Answer(status=202, headers=(("x-amzn-waf-action", "challenge"),))
    response, _ = await visit()(f"{site.url}/sitemap.xml")
    assert (response.status_code, response.fault.reason) == (202, "challenge")


async def test_a_redirect_into_a_wall_is_not_followed(site, visit):
    site.routes["/a"] = Answer(status=302, headers=(("Location", f"{site.url}/.well-known/sgcaptcha/?r=a"),))
    response, _ = await visit()(f"{site.url}/a")
    assert (response.status_code, response.fault.reason) == (302, "challenge")
    assert site.paths == ["/a"]


@pytest.mark.parametrize("status", [404, 410])
async def test_a_missing_file_is_no_wall(site, visit, status):
    site.routes["/a"] = Answer(PAGE, status, headers=(HTML,))
    response, _ = await visit()(f"{site.url}/a")
    assert (response.status_code, response.fault) == (status, None)


async def test_a_sitemap_about_walls_is_a_sitemap(site, visit):
    body = urlset("https://a.example/?title=azure waf") + b"<!-- <title>Azure WAF</title> -->"
    site.routes["/a"] = Answer(body, headers=(HTML,))
    response, content = await visit()(f"{site.url}/a")
    assert (response.fault, content) == (None, body)


async def test_a_robots_txt_may_be_a_wall(site, visit):
    site.routes["/robots.txt"] = Answer(PAGE, headers=(HTML,))
    response, _ = await visit()(f"{site.url}/robots.txt", Purpose.ROBOTS)
    assert response.fault.reason == "challenge"


async def test_the_connection_to_a_wall_is_reused(site, visit):
    site.routes["/a"] = in_turn(Answer(PAGE, 403, headers=(HTML,)), Answer(urlset()))
    ask = visit()
    first, _ = await ask(f"{site.url}/a")
    second, _ = await ask(f"{site.url}/a")
    assert (first.fault.reason, second.fault) == ("challenge", None)
    assert site.connections == 1
