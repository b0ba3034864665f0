"""Entries without a URL."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM301", Severity.ERROR, Scope.DOCUMENT)
def loc_missing(sitemap: SitemapFact) -> Hits:
    """An entry has no address.

    Checks: a ``url`` or ``sitemap`` without a ``loc``, or with an empty one; an item of a feed without a
        link.
    Why: The entry says nothing.
    Fix: Write the address, or leave the entry out.
    Bad: ``<url><lastmod>2026-11-01</lastmod></url>``
    Good: ``<url><loc>https://example.com/</loc></url>``
    Source: https://www.sitemaps.org/protocol.html#locdef
    """
    return sitemap.report_problems("loc-missing")
