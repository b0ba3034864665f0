"""The line that explains the verdict of a job."""

import pytest

from sitemap_cli.crawl.job_explanation import explain_verdict
from sitemap_cli.crawl.verdicts import UrlOutcome
from sitemap_cli.model.values import DiscoveredBy, Fault, Kind, Verdict
from tests.fakes import Reply
from tests.unit.crawl.crawls import HOME, URLS, crawl, site

HTTP = "http://example.com/"


def sitemap(url="https://x/a.xml", *, status=200, reason=None, urls=1, kind=Kind.URLSET, message=None):
    return UrlOutcome(url, DiscoveredBy.INDEX, True, kind, status, reason, urls, message=message)


GONE = sitemap("https://x/gone.xml", status=404, reason="http-status", kind=None)
SLOW = sitemap("https://x/slow.xml", status=None, reason="timeout-read", kind=None)


@pytest.mark.parametrize(
    ("verdict", "sitemaps", "limits", "line"),
    [
        ("ok", [sitemap()], [], None),
        ("ok", [sitemap(), GONE], [], "1 of 2 sitemaps is missing (404): https://x/gone.xml"),
        (
            "ok",
            [sitemap(), GONE, sitemap("https://x/b", status=410, reason="http-status", kind=None)],
            [],
            "2 of 3 sitemaps are missing (404, 410): https://x/b",
        ),
        (
            "partial",
            [sitemap(), SLOW, GONE],
            [],
            (
                "1 of 3 sitemaps could not be read: the server stopped sending data (https://x/slow.xml); "
                "1 of 3 sitemaps is missing (404): https://x/gone.xml"
            ),
        ),
        (
            "partial",
            [sitemap(), sitemap("https://x/no", status=403, reason="http-status", kind=None)],
            [],
            "1 of 2 sitemaps could not be read: status 403 (https://x/no)",
        ),
        (
            "http-error",
            [sitemap("https://x/a", status=503, reason="unavailable", kind=None, message="back in 600 s")],
            [],
            "1 of 1 sitemap could not be read: back in 600 s (https://x/a)",
        ),
        (
            "partial",
            [sitemap(), sitemap("https://x/blank", reason="loc-missing")],
            [],
            "1 of 2 sitemaps was read, but not completely: entries without a loc were skipped (https://x/blank)",
        ),
        (
            "partial",
            [sitemap("https://x/b", kind=None, reason="outside-base", message="https://x/b is elsewhere")],
            [],
            "1 of 1 sitemap could not be read: https://x/b is elsewhere",
        ),
        ("partial", [sitemap()], [Fault("deadline", "it took too long")], "it took too long"),
        ("empty", [sitemap(urls=0)], [], "the sitemap lists no URL"),
        ("empty", [sitemap(urls=0), sitemap(urls=0)], [], "the sitemaps list no URL"),
        ("http-error", [GONE], [], "1 of 1 sitemap is missing (404): https://x/gone.xml"),
    ],
)
def test_the_line_says_what_is_missing_or_was_not_read(verdict, sitemaps, limits, line):
    assert explain_verdict(Verdict(verdict), sitemaps, [], limits) == line


@pytest.mark.parametrize(
    ("pages", "line"),
    [
        ({HTTP + "robots.txt": b""}, "https is refused, but http responds; try http://example.com"),
        (
            {HTTP + "robots.txt": Reply(status=404)},
            "https is refused, but http responds; try http://example.com",
        ),
        ({}, "nothing listens at example.com: the connection was refused"),
    ],
)
async def test_http_is_tried_where_https_is_refused_but_not_read(pages, line):
    found = await crawl(pages, HOME, missing=Reply(fault="connection-refused"))
    explained = explain_verdict(Verdict(found.verdict), [], found.other_outcomes, [])
    assert explained == line
    assert [each for each in found.fetcher.urls if each.startswith(HTTP)] == [f"{HTTP}robots.txt"]


@pytest.mark.parametrize(
    ("reply", "line"),
    [
        (Reply(fault="dns-nxdomain"), "neither example.com nor www.example.com could be resolved"),
        (Reply(fault="dns-failure"), "example.com could not be resolved: the name server did not respond"),
        (Reply(fault="tls-error"), "no secure connection to example.com: tls-error at https://example.com/"),
        (Reply(fault="timeout-connect"), "no response from example.com in time: timeout-connect at http"),
        (Reply(fault="connection-refused"), "nothing listens at example.com: the connection was refused"),
        (Reply(fault="challenge"), "the server refuses the requests: challenge at https://example.com/"),
        (
            Reply(status=403),
            "the server refuses the requests: 6 usual sitemap URLs and the home page return status 403",
        ),
        (Reply(status=503), "robots.txt cannot be fetched: the server responded with status 503"),
        (
            Reply(status=404),
            "no sitemap found: robots.txt, 42 usual sitemap URLs and the home page are missing",
        ),
    ],
)
async def test_the_line_says_in_a_sentence_why_nothing_was_found(reply, line):
    found = await crawl({}, "example.com", missing=reply)
    explained = explain_verdict(Verdict(found.verdict), [], found.other_outcomes, [])
    assert explained.startswith(line)


@pytest.mark.parametrize(
    "path", ["sitemap.xml", "robots.txt", "assets/robots.txt", "docs/", "map.php?type=xml"]
)
async def test_http_is_tried_for_any_target_over_https(path):
    pages = {f"{HTTP}robots.txt": b"", f"{HTTP}{path}": URLS}
    found = await crawl(pages, f"{HOME}{path}", missing=Reply(fault="connection-refused"))
    sitemaps = [each for each in found.outcomes if each not in found.other_outcomes]
    explained = explain_verdict(Verdict(found.verdict), sitemaps, found.other_outcomes, [])
    assert (found.verdict, found.sitemaps[0].response.body if found.sitemaps else None) == (
        "http-error",
        None,
    )
    assert explained.startswith("https is refused, but http responds")
    assert [each for each in found.fetcher.urls if each.startswith(HTTP)] == [f"{HTTP}robots.txt"]


@pytest.mark.parametrize(
    ("target", "settings"),
    [(f"{HOME}sitemap.xml", {"https_only": True}), ("https://example.com:8443/sitemap.xml", {})],
)
async def test_http_is_not_tried_where_the_user_excludes_it(target, settings):
    found = await crawl(
        {f"{HTTP}robots.txt": b""}, target, missing=Reply(fault="connection-refused"), **settings
    )
    assert not any(each.startswith("http://") for each in found.fetcher.urls)


async def test_http_is_not_tried_where_https_responds():
    found = await crawl(site(at={"sitemap.xml": URLS}), HOME)
    assert not any(each.startswith(HTTP) for each in found.fetcher.urls)
