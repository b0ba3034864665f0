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
    Fix: Write the URL of the page into ``loc``, or remove the entry. Look for pages without a slug or a
        permalink.
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
    See also: SM302 SM315 SM551
    """
    return sitemap.report_problems("loc-missing")
