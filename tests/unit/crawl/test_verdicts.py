"""The verdict over a site, from the responses of all sources."""

import asyncio

import pytest

from sitemap_cli.crawl import verdicts
from sitemap_cli.crawl.verdicts import UrlOutcome, decide_verdict
from sitemap_cli.model.values import DiscoveredBy, Fault, Kind, Verdict
from tests.fakes import Reply
from tests.unit.crawl.crawls import HOME, PAGE, URLS, crawl, lists, site, tree
from tests.web import urlset

ALL = "*"
EMPTY = urlset()
BROKEN = b"<urlset><url><loc></urlset>"
HTML = Reply(PAGE)


def status(code):
    return Reply(status=code)


def fault(reason):
    return Reply(fault=reason)


def wall(code):
    """Return a challenge page; the body of a 2xx response is kept."""
    return Reply(PAGE if code < 300 else None, status=code, fault="challenge")


LIMITED = Reply(status=429, fault="rate-limited")
DRIPPED = Reply(URLS[:-20], fault="too-slow")


CASES = [
    # verdict, target, replies by path (ALL: every other URL), settings
    ("ok", "", {"sitemap.xml": URLS}, {}),
    ("ok", "a.xml", {"a.xml": URLS}, {}),
    ("ok", "", {"robots.txt": lists("a.xml"), "a.xml": URLS, ALL: status(500)}, {}),
    ("ok", "", {"robots.txt": status(403), "sitemap.xml": URLS, ALL: status(403)}, {}),
    ("ok", "", {"robots.txt": status(500), "sitemap.xml": URLS}, {"no_robots": True}),
    ("ok", "", {"robots.txt": wall(403), "sitemap.xml": URLS}, {}),
    ("ok", "", {"robots.txt": wall(200), "sitemap.xml": URLS, "": wall(200)}, {}),
    ("ok", "", {"robots.txt": LIMITED, "sitemap.xml": URLS}, {"no_robots": True}),
    ("ok", "", {"robots.txt": lists("a.xml", "b.xml"), "a.xml": URLS}, {}),
    ("ok", "", {"robots.txt": lists("a.xml", "b.xml"), "a.xml": URLS, "b.xml": status(410)}, {}),
    ("ok", "", {"robots.txt": lists("gone.xml"), "sitemap.xml": URLS}, {}),
    ("partial", "", {"robots.txt": lists("a.xml", "b.xml"), "a.xml": URLS, "b.xml": status(500)}, {}),
    ("partial", "", {"robots.txt": lists("a.xml", "b.xml", "c.xml"), "a.xml": URLS, "c.xml": LIMITED}, {}),
    ("partial", "", {"robots.txt": lists("a.xml", "b.xml"), "a.xml": URLS, "b.xml": wall(404)}, {}),
    ("partial", "", {"robots.txt": lists("a.xml", "b.xml"), "a.xml": URLS, "b.xml": HTML}, {}),
    ("partial", "a.xml", {"a.xml": Reply(URLS[:-20], fault="incomplete-body")}, {}),
    ("partial", "a.xml", {"a.xml": URLS[:-20]}, {}),
    ("partial", "a.xml", {"a.xml": DRIPPED}, {}),
    ("partial", "", {"robots.txt": lists("a.xml", "b.xml"), "a.xml": URLS, "b.xml": wall(200)}, {}),
    ("partial", "", {"robots.txt": lists("a.xml", "b.xml"), "a.xml": URLS, "b.xml": LIMITED}, {}),
    ("absent", "", {}, {}),
    ("absent", "", {"robots.txt": status(404)}, {}),
    ("absent", "", {"robots.txt": status(403)}, {}),
    ("absent", "", {"robots.txt": [], "": HTML}, {}),
    ("absent", "", {"robots.txt": Reply(b"User-agent: *", fault="too-large"), "": HTML}, {}),
    ("absent", "", {".sitemap.xml": status(403), "admin/config/search/xmlsitemap": status(403)}, {}),
    ("absent", "", {"sitemap": HTML}, {}),
    ("absent", "", {".sitemap.xml": wall(403)}, {}),
    ("absent", "shop/", {"shop/": HTML}, {}),
    ("absent", "", {ALL: status(410)}, {}),
    ("empty", "a.xml", {"a.xml": EMPTY}, {}),
    ("empty", "a.xml", {"a.xml": b" "}, {}),
    ("empty", "", {"sitemap.xml": EMPTY, ALL: HTML}, {}),
    ("empty", "", {"robots.txt": lists("a.xml"), "a.xml": EMPTY, ALL: status(500)}, {}),
    ("empty", "", {"sitemap.xml": b"", "": HTML}, {}),
    ("empty", "", {"robots.txt": lists("a.xml", "b.xml"), "b.xml": EMPTY}, {}),
    ("blocked", "", {ALL: status(403)}, {}),
    ("blocked", "", {ALL: status(401)}, {}),
    ("blocked", "", {ALL: status(429)}, {}),
    ("blocked", "", {"robots.txt": status(429), "sitemap.xml": URLS}, {}),
    ("blocked", "", {"robots.txt": LIMITED, "sitemap.xml": URLS}, {}),
    ("blocked", "", {"robots.txt": [], "sitemap.xml": status(403)}, {}),
    ("blocked", "", {"robots.txt": status(403)}, {"no_known_paths": True, "no_html": True}),
    ("blocked", "robots.txt", {"robots.txt": status(403)}, {}),
    ("blocked", "", {"robots.txt": ["User-agent: *", "Disallow: /"], ALL: URLS}, {}),
    ("blocked", "", {"robots.txt": ["User-agent: *", "Disallow: /"]}, {"no_known_paths": True}),
    ("blocked", "", {"robots.txt": [*lists("a.xml"), "User-agent: *", "Disallow: /"], ALL: URLS}, {}),
    ("blocked", "a.xml", {"a.xml": status(451)}, {}),
    ("blocked", "a.xml", {"a.xml": status(402)}, {}),
    ("blocked", "a.xml", {"a.xml": status(430)}, {}),
    ("blocked", "a.xml", {"a.xml": status(999)}, {}),
    ("blocked", "a.xml", {"a.xml": status(407)}, {}),
    ("blocked", "a.xml", {"a.xml": fault("proxy-denied")}, {}),
    ("blocked", "a.xml", {"a.xml": wall(403)}, {}),
    ("blocked", "a.xml", {"a.xml": wall(200)}, {}),
    ("blocked", "a.xml", {"a.xml": wall(202)}, {}),
    ("blocked", "a.xml", {"a.xml": wall(302)}, {}),
    ("blocked", "a.xml", {"a.xml": LIMITED}, {}),
    ("http-error", "a.xml", {"a.xml": Reply(status=503, fault="unavailable")}, {}),
    ("robots-unreachable", "", {"robots.txt": Reply(status=503, fault="unavailable")}, {}),
    ("http-error", "", {"robots.txt": Reply(status=503, fault="unavailable")}, {"no_robots": True}),
    ("blocked", "", {ALL: wall(403)}, {}),
    ("blocked", "", {ALL: wall(200)}, {}),
    ("blocked", "", {ALL: wall(503)}, {}),
    ("blocked", "", {ALL: LIMITED}, {}),
    ("blocked", "", {"robots.txt": wall(403)}, {}),
    ("blocked", "", {"robots.txt": wall(200)}, {}),
    ("blocked", "", {"robots.txt": wall(202), ALL: HTML}, {}),
    ("blocked", "", {"robots.txt": wall(503), ALL: URLS}, {}),
    ("blocked", "", {"robots.txt": LIMITED}, {}),
    ("blocked", "", {"robots.txt": [], "": wall(200)}, {}),
    ("blocked", "", {"": status(403)}, {}),
    ("blocked", "shop/", {"shop/": wall(200)}, {}),
    ("blocked", "", {"robots.txt": lists("a.xml"), "a.xml": wall(200), "sitemap.xml": HTML}, {}),
    ("dns", "", {ALL: fault("dns-nxdomain")}, {}),
    ("dns", "a.xml", {ALL: fault("dns-failure")}, {}),
    ("dns", "", {"robots.txt": ["Sitemap: https://gone.example/a.xml"], ALL: fault("dns-nxdomain")}, {}),
    ("tls", "", {ALL: fault("tls-error")}, {}),
    ("tls", "", {ALL: fault("tls-not-spoken")}, {}),
    ("timeout", "", {ALL: fault("timeout-connect")}, {}),
    ("timeout", "", {ALL: fault("timeout-read")}, {}),
    ("timeout", "", {"robots.txt": [], ALL: fault("deadline")}, {}),
    ("timeout", "a.xml", {"a.xml": fault("too-slow")}, {}),
    (
        "timeout",
        "",
        {"robots.txt": lists("a.xml", "b.xml"), "a.xml": fault("too-slow"), "b.xml": wall(403)},
        {},
    ),
    (
        "dns",
        "",
        {
            "robots.txt": lists("https://gone.example/a.xml", "b.xml"),
            "b.xml": fault("tls-error"),
            ALL: fault("dns-nxdomain"),
        },
        {},
    ),
    ("http-error", "", {ALL: fault("connection-refused")}, {}),
    ("http-error", "", {"robots.txt": lists("a.xml")}, {}),
    ("http-error", "", {"robots.txt": lists("a.xml", "b.xml"), "b.xml": status(410)}, {}),
    ("http-error", "a.xml", {}, {}),
    ("http-error", "a.xml", {"a.xml": status(500)}, {}),
    ("http-error", "", {"robots.txt": [], ALL: status(500)}, {}),
    ("http-error", "", {"robots.txt": status(500)}, {"no_robots": True}),
    ("http-error", "", {"robots.txt": lists("a.xml"), "sitemap.xml": HTML}, {}),
    ("http-error", "a.xml", {"a.xml": fault("redirect-loop")}, {}),
    ("html-instead", "", {ALL: HTML}, {}),
    ("html-instead", "", {"robots.txt": [], ALL: HTML}, {}),
    ("html-instead", "", {"robots.txt": lists("a.xml", "b.xml"), "a.xml": HTML, "b.xml": HTML}, {}),
    ("html-instead", "a.xml", {"a.xml": HTML}, {}),
    ("html-instead", "", {"sitemap.xml": HTML}, {}),
    ("invalid", "a.xml", {"a.xml": BROKEN}, {}),
    ("invalid", "a.xml", {"a.xml": b"<unheard-of/>"}, {}),
    ("invalid", "", {"robots.txt": lists("a.xml"), "a.xml": BROKEN, ALL: status(403)}, {}),
    ("robots-unreachable", "", {"robots.txt": status(500), ALL: URLS}, {}),
    ("robots-unreachable", "", {"robots.txt": status(503), ALL: URLS}, {}),
    ("refused-address", "", {ALL: fault("blocked-address")}, {}),
    ("refused-address", "a.xml", {"a.xml": fault("blocked-address")}, {}),
]


@pytest.mark.parametrize(("verdict", "target", "replies", "settings"), CASES)
async def test_the_verdict_follows_from_the_responses_of_all_sources(verdict, target, replies, settings):
    pages = {path: reply for path, reply in replies.items() if path != ALL}
    lines = pages.pop("robots.txt") if isinstance(pages.get("robots.txt"), list) else None
    found = await crawl(site(robots=lines, at=pages), HOME + target, missing=replies.get(ALL), **settings)
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("child", "verdict"),
    [
        (URLS, "ok"),
        (EMPTY, "ok"),
        (status(500), "partial"),
        (status(404), "ok"),
        (status(410), "ok"),
        (wall(404), "partial"),
        (status(403), "partial"),
        (wall(200), "partial"),
        (HTML, "partial"),
        (DRIPPED, "partial"),
        (fault("timeout-read"), "partial"),
        (fault("dns-failure"), "partial"),
    ],
)
async def test_one_of_ten_children_decides_whether_an_index_was_read_wholly(child, verdict):
    names = [f"s{n}" for n in range(10)]
    found = await crawl(tree(index=names, **dict.fromkeys(names, URLS) | {"s7": child}), f"{HOME}index.xml")
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (HTML, status(404), "html-instead"),
        (status(403), status(403), "blocked"),
        (wall(200), wall(403), "blocked"),
        (wall(403), status(404), "blocked"),
        (LIMITED, HTML, "blocked"),
        (status(404), status(404), "http-error"),
        (status(500), status(404), "http-error"),
        (fault("timeout-read"), status(403), "timeout"),
        (fault("tls-error"), fault("dns-nxdomain"), "dns"),
        (fault("tls-error"), fault("timeout-connect"), "tls"),
        (fault("blocked-address"), fault("dns-nxdomain"), "refused-address"),
        (EMPTY, EMPTY, "empty"),
        (EMPTY, status(404), "empty"),
        (EMPTY, status(500), "http-error"),
        (BROKEN, EMPTY, "invalid"),
    ],
)
async def test_an_index_without_readable_children_is_what_its_children_are(first, second, verdict):
    found = await crawl(tree(index=["a", "b"], a=first, b=second), f"{HOME}index.xml")
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("settings", "child", "verdict"),
    [
        ({"max_sitemaps": 2}, URLS, "partial"),
        ({"max_sitemaps": 2}, EMPTY, "partial"),
        ({"max_sitemaps": 2}, status(403), "blocked"),
        ({"max_sitemaps": 1}, URLS, "partial"),
        ({"max_depth": 0}, URLS, "partial"),
    ],
)
async def test_an_index_that_was_cut_is_never_read_wholly(settings, child, verdict):
    found = await crawl(tree(index=["a", "b"], a=child, b=URLS), f"{HOME}index.xml", **settings)
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("waiting", "verdict"), [("robots.txt", "timeout"), ("index.xml", "timeout"), ("b.xml", "partial")]
)
async def test_a_deadline_that_passed_tells_what_was_read_before(waiting, verdict):
    pages = tree(index=["a", "b"], a=URLS, b=URLS)
    body = pages[HOME + waiting]
    pages[HOME + waiting] = Reply(body, gate=asyncio.Event())
    found = await crawl(
        pages | site(robots=lists("index.xml")) if waiting != "robots.txt" else pages,
        waiting=[HOME + waiting],
    )
    assert found.verdict == verdict


async def test_walls_are_not_run_against_again_and_again():
    found = await crawl({}, missing=wall(200))
    assert len(found.fetcher.urls) <= 8


def test_without_https_the_failure_of_http_decides():
    silent = UrlOutcome(
        "https://x/robots.txt", DiscoveredBy.ROBOTS, False, reason="timeout-connect", decisive=False
    )
    gone = UrlOutcome("http://x/robots.txt", DiscoveredBy.ROBOTS, False, reason="connection-refused")
    assert decide_verdict([silent, gone]) == "http-error"


@pytest.mark.parametrize(
    ("cut", "urls", "read", "verdict"),
    [
        ("deadline", 0, False, "timeout"),
        ("deadline", 0, True, "timeout"),
        ("deadline", 7, True, "partial"),
        ("index-depth", 0, True, "partial"),
        ("max-sitemaps", 7, True, "partial"),
        ("redirect-sites", 0, False, "http-error"),
    ],
)
def test_a_limit_that_was_hit_is_never_a_success(cut, urls, read, verdict):
    found = [UrlOutcome("u", DiscoveredBy.USER, True, Kind.INDEX, 200, urls=urls)] if read else []
    assert decide_verdict(found, [Fault(cut, "")]) == verdict


@pytest.mark.parametrize("reason", sorted(verdicts.VERDICT_BY_REASON))
def test_every_reason_stands_for_a_failure(reason):
    verdict = decide_verdict([UrlOutcome("u", DiscoveredBy.USER, True, reason=reason)])
    assert verdict is verdicts.VERDICT_BY_REASON[reason]
    assert verdict in verdicts.VERDICT_PRECEDENCE
    assert verdict not in (Verdict.OK, Verdict.PARTIAL, Verdict.ABSENT)
