"""Sentences about where a crawl looked for sitemaps."""

import pytest

from sitemap_cli.crawl.source_sentences import describe_response, name_hosts, summarize_sources
from sitemap_cli.crawl.verdicts import UrlOutcome
from sitemap_cli.model.values import DiscoveredBy
from tests.fakes import Reply
from tests.unit.crawl.crawls import HOME, PAGE, crawl, site

HTTP = HOME.replace("https://", "http://")
REFUSED = Reply(fault="connection-refused")


@pytest.mark.parametrize(
    ("pages", "line"),
    [
        (
            site(robots=["Sitemap: /gone.xml"], at={"": PAGE}),
            (
                "robots.txt names 1 sitemap, 42 usual sitemap URLs are missing (404), the home page names no"
                " sitemap"
            ),
        ),
        (
            site(robots=["User-agent: *"], at={"sitemap.xml": PAGE, "": Reply(fault="timeout-read")}),
            (
                "robots.txt names no sitemap, the usual sitemap URL is an HTML page, 41 usual sitemap URLs"
                " are missing (404), the home page could not be fetched (timeout-read at https://example.com/)"
            ),
        ),
        (site(), "robots.txt, 42 usual sitemap URLs and the home page are missing (404)"),
        (site() | {f"{HOME}robots.txt": Reply(status=500)}, "robots.txt returns status 500"),
    ],
)
async def test_one_line_says_where_was_looked(pages, line):
    assert summarize_sources((await crawl(pages)).other_outcomes) == line


async def test_a_try_of_https_is_left_out_where_http_responds():
    pages = {f"{HTTP}robots.txt": Reply(status=404)}
    found = await crawl(pages, "example.com", missing=REFUSED)
    listed = [each for each in found.other_outcomes if each.decisive]
    assert len(listed) < len(found.other_outcomes)
    assert summarize_sources(found.other_outcomes) == summarize_sources(listed)


def test_a_search_without_a_request_is_reported():
    assert summarize_sources([]) == "no request was sent"


@pytest.mark.parametrize(
    ("reason", "status", "message", "sentence"),
    [
        ("http-status", 503, None, "the server responded with status 503"),
        ("robots-unreachable", 503, "", "the server responded with status 503"),
        ("robots-unreachable", None, "timed out while connecting", "timed out while connecting"),
        ("unavailable", 503, "back in 600 s", "back in 600 s"),
        ("connection-refused", None, "the connection failed: no", "the connection was refused"),
        ("timeout-read", None, None, "the server stopped sending data"),
        ("redirect-loop", None, None, "redirect loop"),
    ],
)
def test_a_response_is_described_without_codes(reason, status, message, sentence):
    outcome = UrlOutcome(HOME, DiscoveredBy.ROBOTS, False, None, status, reason, message=message)
    assert describe_response(outcome) == sentence


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://example.com/robots.txt", "example.com"),
        ("http://example.com:8080/", "example.com:8080"),
        ("https://[::1]/", "[::1]"),
    ],
)
def test_a_host_is_named_as_in_its_url(url, host):
    assert name_hosts([UrlOutcome(url, DiscoveredBy.ROBOTS, False)]) == [host]
