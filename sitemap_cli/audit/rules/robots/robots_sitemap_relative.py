"""Relative URLs in Sitemap lines of robots.txt."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM602", Severity.ERROR, Scope.SITE)
def robots_sitemap_relative(site: SiteFact) -> Hits:
    """A robots.txt names a sitemap by an address that is not absolute.

    Checks: A ``Sitemap:`` line whose value has no scheme and host, or another scheme than http and https.
    Why: The line means an absolute address; search engines ignore others.
    Fix: Write the whole address.
    Bad: ``Sitemap: /sitemap.xml``
    Good: ``Sitemap: https://example.com/sitemap.xml``
    Source: https://developers.google.com/crawling/docs/robots-txt/robots-txt-spec#sitemap
    """
    return site.report_robots_problems("robots-sitemap-relative", "robots-sitemap-scheme")
