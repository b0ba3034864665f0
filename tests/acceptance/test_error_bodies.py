"""Sitemaps that a server sends with the status of an error: they are read, and reported."""

import gzip
import json
from collections.abc import Callable

import pytest

from tests.acceptance.command import Done, Program
from tests.web import Answer, Site, index, robots, urlset

pytestmark = pytest.mark.usefixtures("schema")

STATUSES = [404, 410]
SUCCESSES = [201, 202, 203]
REFUSALS = [401, 403, 429, 451]
OUTAGES = [400, 500, 502, 503]
PAGE = b"<!doctype html><html><title>Not found</title><a href='/sitemap.xml'>urlset</a></html>"
NO_SITEMAPS = {
    "a page": PAGE,
    "a page in XML": b'<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"/>',
    "a text": b"Not found: the sitemap <urlset> is missing",
    "JSON": b'{"error": "not found", "url": "https://example.com/sitemap.xml"}',
    "an error of a store": b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>",
    "nothing": b"",
}


def _as_xml(url: str) -> Answer:
    return Answer(urlset(f"{url}/1", f"{url}/2"))


def _as_gzip(url: str) -> Answer:
    return Answer(gzip.compress(urlset(f"{url}/1", f"{url}/2")))


def _as_encoded(url: str) -> Answer:
    body = gzip.compress(urlset(f"{url}/1", f"{url}/2"))
    return Answer(body, headers=(("Content-Encoding", "gzip"), ("Content-Type", "text/html")))


def _as_text(url: str) -> Answer:
    return Answer(f"{url}/1\n{url}/2\n".encode(), headers=(("Content-Type", "text/plain"),))


def _as_rss(url: str) -> Answer:
    items = "".join(f"<item><link>{url}/{number}</link></item>" for number in (1, 2))
    return Answer(f'<rss version="2.0"><channel>{items}</channel></rss>'.encode())


def _as_utf16(url: str) -> Answer:
    text = urlset(f"{url}/1", f"{url}/2").decode().partition("?>")[2]
    return Answer(f'<?xml version="1.0" encoding="utf-16"?>{text}'.encode("utf-16"))


FORMATS = [_as_xml, _as_gzip, _as_encoded, _as_text, _as_rss, _as_utf16]


def _respond(answer: Answer, status: int) -> Answer:
    return Answer(answer.body, status=status, headers=answer.headers)


def _assert_read(done: Done, url: str, status: int, urls: int = 2) -> None:
    result = json.loads(done.out)["results"][0]
    sitemap = next(each for each in result["sitemaps"] if each["url"] == url)
    assert (done.code, result["verdict"], result["totals"]["urls"]) == (0, "ok", urls)
    assert (sitemap["status_code"], sitemap["error"], sitemap["problems"]) == (status, None, 1)
    assert result["findings"]["error" if status >= 400 else "warning"] >= 1
    assert result["findings"]["error"] == 0 or status >= 400


@pytest.mark.parametrize("status", [*STATUSES, *SUCCESSES])
@pytest.mark.parametrize("name", ["sitemap.xml", "robots.xml", "sitemap_index.xml"])
def test_an_error_with_a_sitemap_is_read_however_it_was_found(
    site: Site, program: Program, status: int, name: str
) -> None:
    url = f"{site.url}/{name}"
    robots(site, f"Sitemap: {site.url}/robots.xml" if name == "robots.xml" else "Disallow:")
    site.routes[f"/{name}"] = _respond(_as_xml(site.url), status)
    target = url if name == "sitemap.xml" else site.url
    _assert_read(program("analyze", target, "--format", "json"), url, status)


@pytest.mark.parametrize("write", FORMATS, ids=lambda each: each.__name__)
def test_every_format_of_a_sitemap_is_recognized(
    site: Site, program: Program, write: Callable[[str], Answer]
) -> None:
    site.routes["/sitemap.xml"] = _respond(write(site.url), 404)
    done = program("analyze", f"{site.url}/sitemap.xml", "--format", "json")
    assert json.loads(done.out)["results"][0]["totals"]["urls"] == 2
    assert done.code == 0


def test_an_index_and_its_sitemaps_are_followed(site: Site, program: Program) -> None:
    site.routes["/sitemap.xml"] = Answer(index(f"{site.url}/a.xml"), status=410)
    site.routes["/a.xml"] = _respond(_as_xml(site.url), 404)
    done = program("analyze", f"{site.url}/sitemap.xml", "--format", "json")
    _assert_read(done, f"{site.url}/a.xml", 404)
    _assert_read(done, f"{site.url}/sitemap.xml", 410)


def test_a_check_reports_it_as_an_error(site: Site, program: Program) -> None:
    site.routes["/sitemap.xml"] = _respond(_as_xml(site.url), 404)
    done = program("check", f"{site.url}/sitemap.xml", "--format", "json")
    found = [each for each in json.loads(done.out)["findings"] if each["rule"] == "SM102"]
    assert [each["severity"] for each in found] == ["error"]
    assert "status 404, but the body is a sitemap" in found[0]["message"]
    assert done.code == 1


def test_people_see_why_it_is_odd(site: Site, program: Program) -> None:
    site.routes["/sitemap.xml"] = _respond(_as_xml(site.url), 404)
    done = program("analyze", site.url)
    assert done.code == 0
    assert "SM102" in done.out
    assert "status 404" in done.out


def test_parse_prints_what_it_lists_and_the_problem(site: Site, program: Program) -> None:
    site.routes["/sitemap.xml"] = _respond(_as_xml(site.url), 404)
    done = program("parse", f"{site.url}/sitemap.xml", "--format", "jsonl")
    kinds = [each["type"] for each in done.records]
    assert (done.code, kinds.count("url")) == (0, 2)
    assert [each["code"] for each in done.records if each["type"] == "problem"] == ["error-status"]


@pytest.mark.parametrize("body", NO_SITEMAPS.values(), ids=NO_SITEMAPS.keys())
@pytest.mark.parametrize("status", [404, 500])
def test_an_error_page_is_never_read(site: Site, program: Program, status: int, body: bytes) -> None:
    site.routes["/sitemap.xml"] = Answer(body, status=status)
    done = program("analyze", f"{site.url}/sitemap.xml", "--format", "json")
    result = json.loads(done.out)["results"][0]
    assert (done.code, result["verdict"], result["totals"]["urls"]) == (4, "http-error", 0)
    assert program("parse", f"{site.url}/sitemap.xml").code == 4


@pytest.mark.parametrize("status", REFUSALS)
def test_what_comes_with_a_refusal_is_not_read(site: Site, program: Program, status: int) -> None:
    site.routes["/sitemap.xml"] = _respond(_as_xml(site.url), status)
    done = program("analyze", f"{site.url}/sitemap.xml", "--format", "json")
    assert json.loads(done.out)["results"][0]["verdict"] == "blocked"


def test_the_limit_on_bytes_applies(site: Site, program: Program) -> None:
    pages = [f"{site.url}/{number}" for number in range(5_000)]
    site.routes["/sitemap.xml"] = Answer(urlset(*pages), status=404)
    arguments = ("analyze", f"{site.url}/sitemap.xml", "--format", "json")
    done = program(*arguments, "--max-bytes", "100kB")
    sitemap = json.loads(done.out)["results"][0]["sitemaps"][0]
    assert (done.code, sitemap["error"], sitemap["bytes"]) == (3, "too-large", 100_000)
    assert json.loads(program(*arguments).out)["results"][0]["totals"]["urls"] == 5_000


def test_robots_txt_applies(site: Site, program: Program) -> None:
    robots(site, "User-agent: *", "Disallow: /sitemap.xml", f"Sitemap: {site.url}/sitemap.xml")
    site.routes["/sitemap.xml"] = _respond(_as_xml(site.url), 404)
    done = program("analyze", site.url, "--format", "json")
    assert (done.code, site.count("/sitemap.xml")) == (4, 0)


def test_a_sitemap_that_now_comes_with_an_error_has_not_vanished(site: Site, program: Program) -> None:
    site.routes["/sitemap.xml"] = _as_xml(site.url)
    assert program("check", site.url).code == 0
    site.routes["/sitemap.xml"] = _respond(_as_xml(site.url), 404)
    done = program("check", site.url, "--format", "json")
    rules = {each["rule"] for each in json.loads(done.out)["findings"]}
    assert "SM102" in rules
    assert "SM804" not in rules


@pytest.mark.parametrize("status", OUTAGES)
def test_what_comes_with_an_outage_is_not_read(site: Site, program: Program, status: int) -> None:
    site.routes["/sitemap.xml"] = _respond(_as_xml(site.url), status)
    done = program("analyze", f"{site.url}/sitemap.xml", "--format", "json")
    result = json.loads(done.out)["results"][0]
    assert (done.code, result["totals"]["urls"]) == (4, 0)
    assert result["verdict"] in ("http-error", "unavailable")


@pytest.mark.parametrize("status", STATUSES)
def test_the_sitemaps_of_a_robots_txt_with_an_error_are_read_but_not_its_rules(
    site: Site, program: Program, status: int
) -> None:
    lines = f"User-agent: *\nDisallow: /\nSitemap: {site.url}/map/a.xml\n"
    site.routes["/robots.txt"] = Answer(lines.encode(), status=status)
    site.routes["/map/a.xml"] = _as_xml(site.url)
    done = program("check", site.url, "--format", "json")
    (found,) = [each for each in json.loads(done.out)["findings"] if each["rule"] == "SM606"]
    assert found["message"] == f"crawlers do not read this file: it comes with status {status}"
    assert program("urls", site.netloc).lines == [f"{site.url}/1", f"{site.url}/2"]
    listed = program("robots", site.url, "--test", f"{site.url}/x")
    assert (listed.code, f"Sitemap: {site.url}/map/a.xml" in listed.out) == (0, True)
    assert "all is allowed" in listed.err
    assert f"allowed  {site.url}/x" in listed.out


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><html><pre>\nSitemap: https://a.example/map/a.xml\n</pre></html>",
        b"User-agent: *\nDisallow: /\n",
        b"Not found\n",
    ],
)
def test_another_error_instead_of_a_robots_txt_means_that_there_is_none(
    site: Site, program: Program, body: bytes
) -> None:
    site.routes["/robots.txt"] = Answer(body, status=404)
    site.routes["/sitemap.xml"] = _as_xml(site.url)
    done = program("check", site.url, "--format", "json")
    assert not [each for each in json.loads(done.out)["findings"] if each["rule"] == "SM606"]
    assert program("urls", site.netloc).lines == [f"{site.url}/1", f"{site.url}/2"]
