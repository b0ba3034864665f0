"""Entries without a URL."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM301", Severity.ERROR, Scope.DOCUMENT)
def loc_missing(sitemap: SitemapFact) -> Hits:
    """An entry has no URL.

    Checks: A ``url`` or ``sitemap`` element has no ``loc`` or an empty one, or an item of a feed has no link.
    Why: Crawlers skip the entry.
    Fix: Add the URL, or remove the entry.
    Message: the url has no loc
    Bad::

        <url>
          <lastmod>2026-11-01</lastmod>
        </url>

    Good::

        <url>
          <loc>https://example.com/lamps</loc>
          <lastmod>2026-11-01</lastmod>
        </url>

    Source: https://www.sitemaps.org/protocol.html#locdef
    See also: SM206 SM302
    """
    return sitemap.report_problems("loc-missing")
