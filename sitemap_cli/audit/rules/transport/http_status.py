"""Sitemaps with another HTTP status than 200."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

BLOCKED = (401, 403, 407, 429, 451)


@rule("SM102", Severity.ERROR, Scope.DOCUMENT)
def http_status(sitemap: SitemapFact) -> Hits:
    """A sitemap is answered with another status than 200.

    Checks: the last answer, after redirects, is not 200; 401, 403, 407, 429, 451 and the page of a bot
        wall are told as blocked, because a browser may well be answered 200.
    Why: Search engines read a sitemap only from a 200 answer.
    Fix: Let the address answer 200 to everybody; where a firewall refuses crawlers, let it pass them.
    Bad: ``https://example.com/sitemap.xml`` answers 404
    Good: ``https://example.com/sitemap.xml`` answers 200
    Source: https://support.google.com/webmasters/answer/7451001
    """
    blocked = sitemap.status_code in BLOCKED or sitemap.error in ("challenge", "rate-limited")
    for hit in sitemap.report_failure("http-status", "rate-limited", "challenge"):
        yield Hit(f"blocked: {hit.message}" if blocked else hit.message)
