"""Crawls over real HTTP: the crawl and the fetcher together, against a server on loopback."""

import asyncio
import threading
import time
from contextlib import aclosing

import pytest

from sitemap_cli.crawl.site_crawl import crawl_site
from sitemap_cli.crawl.targets import parse_target
from sitemap_cli.crawl.verdicts import decide_verdict
from sitemap_cli.fetch.http_fetcher import HttpFetcher
from sitemap_cli.settings import Settings
from tests.patience import stretched
from tests.unit.crawl.crawls import deliver
from tests.web import Answer, Site, gz, index, redirect, robots, urlset


async def crawl(target, results=None, **settings):
    """Crawl to the end; return the sitemaps, their errors and the verdict."""
    options = Settings(allow_private=True, retries=0, **settings)
    fetcher = HttpFetcher(options)
    results = {} if results is None else results
    try:
        async with (
            crawl_site(fetcher, parse_target(target), options) as running,
            aclosing(deliver(running, results=results)) as found,
        ):
            sitemaps = [each async for each in found]
    finally:
        await fetcher.close()
    outcomes = [outcome for outcome, _ in results.values()]
    errors = {each.discovered.url: each.error.reason for each in sitemaps if each.error}
    return sitemaps, errors, decide_verdict([*running.outcomes, *outcomes], running.limits_reached)


def urls(site, *paths):
    return [f"{site.url}{path}" for path in paths]


async def test_a_host_and_port_without_a_scheme_is_found_to_speak_http(site):
    robots(site, f"Sitemap: {site.url}/index.xml.gz")
    site.routes["/index.xml.gz"] = Answer(gz(index(*urls(site, "/a.xml", "/b.xml"))))
    site.routes["/a.xml"] = Answer(urlset(*urls(site, "/1", "/2")))
    site.routes["/b.xml"] = Answer(urlset(*urls(site, "/3")))
    sitemaps, errors, verdict = await crawl(site.netloc)
    assert sorted(each.discovered.url for each in sitemaps) == sorted(
        urls(site, "/index.xml.gz", "/a.xml", "/b.xml")
    )
    assert (errors, verdict) == ({}, "ok")


async def test_a_certificate_that_is_not_trusted_is_no_reason_to_speak_http(tls_site):
    robots(tls_site, "Sitemap: /a.xml")
    _, _, verdict = await crawl(tls_site.netloc)
    assert verdict == "tls"
    assert tls_site.hits == []


async def test_a_port_where_nothing_listens_is_an_error_of_the_site():
    with Site() as gone:
        pass
    assert (await crawl(gone.netloc))[2] == "http-error"


async def test_a_site_without_sitemaps_gets_few_requests_and_the_verdict_absent(site):
    _, _, verdict = await crawl(site.url)
    assert verdict == "absent"
    assert len(site.paths) == len({*site.paths}) == 44
    assert site.peak <= 4


async def test_a_home_page_that_moved_to_another_port_is_followed(site):
    with Site() as other:
        site.routes["/"] = redirect(f"{other.url}/start")
        other.routes["/start"] = Answer(b"<html>hello</html>")
        robots(other, f"Sitemap: {other.url}/s.xml")
        other.routes["/s.xml"] = Answer(urlset(f"{other.url}/1"))
        sitemaps, _, verdict = await crawl(site.url, no_known_paths=True)
        assert [each.discovered.url for each in sitemaps] == [f"{other.url}/s.xml"]
        assert verdict == "ok"


async def test_secrets_are_for_the_target_even_where_its_sitemaps_lie_elsewhere(site):
    with Site() as cdn:
        robots(site, f"Sitemap: {cdn.url}/s.xml")
        cdn.routes["/s.xml"] = Answer(urlset(f"{site.url}/1"))
        _, _, verdict = await crawl(site.url, user="me:secret")
        assert verdict == "ok"
        assert all("authorization" in hit.headers for hit in site.hits)
        assert {hit.path for hit in cdn.hits} == {"/robots.txt", "/s.xml"}
        assert not any("authorization" in hit.headers for hit in cdn.hits)


async def test_children_are_fetched_concurrently_up_to_the_share_of_one_host(site):
    gate = threading.Event()
    paths = [f"/{number}.xml" for number in range(12)]
    site.routes["/index.xml"] = Answer(index(*urls(site, *paths)))
    site.routes |= {path: Answer(urlset(f"{site.url}{path}/1"), gate=gate) for path in paths}
    running = asyncio.create_task(crawl(f"{site.url}/index.xml", per_host=3))
    for _ in iter(lambda: site.active == 3, True):
        await asyncio.sleep(0.001)
    gate.set()
    sitemaps, _, verdict = await running
    assert (len(sitemaps), site.peak, verdict) == (13, 3, "ok")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Answer(status=500), "http-status"),
        (Answer(b"<html></html>"), "html-instead"),
        (Answer(reset=True), "connection-reset"),
        (redirect("/broken.xml"), "redirect-loop"),
        (redirect("file:///etc/passwd"), "redirect-scheme"),
        (Answer(hang=True), "deadline"),
    ],
)
async def test_one_broken_child_does_not_harm_the_others(site, reply, reason):
    paths = ["/a.xml", "/broken.xml", "/b.xml"]
    site.routes["/index.xml"] = Answer(index(*urls(site, *paths)))
    site.routes |= {path: Answer(urlset(f"{site.url}{path}/1")) for path in paths} | {"/broken.xml": reply}
    sitemaps, errors, verdict = await crawl(f"{site.url}/index.xml", timeout=4)
    assert len(sitemaps) == 4
    assert (errors, verdict) == ({f"{site.url}/broken.xml": reason}, "partial")


async def test_a_deadline_ends_the_crawl_of_a_silent_server(site):
    site.routes["*"] = Answer(hang=True)
    assert (await crawl(site.url, deadline=0.2))[2] == "timeout"


async def test_a_crawl_that_is_left_early_leaves_nothing_behind(site):
    before = asyncio.all_tasks()
    paths = [f"/{number}.xml" for number in range(30)]
    site.routes["/index.xml"] = Answer(index(*urls(site, *paths)))
    site.routes["*"] = Answer(urlset(f"{site.url}/1"))
    options = Settings(allow_private=True)
    fetcher = HttpFetcher(options)
    async with (
        crawl_site(fetcher, parse_target(f"{site.url}/index.xml"), options) as running,
        aclosing(running.iterate_sitemaps()) as found,
    ):
        await anext(found)
    await fetcher.close()
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize(("pace", "limits"), [(2_000, {"deadline": 1.0}), (2_000, {"timeout": 1.0})])
async def test_what_a_slow_server_sent_before_a_deadline_is_kept(site, pace, limits):
    document = urlset(*urls(site, *(f"/{number:04}" for number in range(1000))))
    site.routes["/a.xml"] = Answer(document, pace=pace)
    began = time.monotonic()
    results = {}
    _, errors, verdict = await crawl(f"{site.url}/a.xml", results, **limits)
    assert time.monotonic() - began < stretched(3.0)
    assert errors == {f"{site.url}/a.xml": "deadline"}
    assert 0 < results[f"{site.url}/a.xml"][0].urls < 1000
    assert verdict == "partial"


async def test_sitemaps_that_had_not_begun_at_the_deadline_are_reported(site):
    names = [f"/{number}.xml" for number in range(20)]
    site.routes["/index.xml"] = Answer(index(*urls(site, *names)))
    site.routes |= dict.fromkeys(names, Answer(urlset(site.url), hang=True))
    _, errors, verdict = await crawl(f"{site.url}/index.xml", deadline=0.5, no_robots=True)
    assert errors == dict.fromkeys(urls(site, *names), "deadline")
    assert verdict == "timeout"
    assert len(site.paths) == 5
