"""Roots inside roots, and entries of the wrong kind."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM213", Severity.ERROR, Scope.DOCUMENT)
def nested_or_mixed(sitemap: SitemapFact) -> Hits:
    """A sitemap has content where the protocol allows none.

    Checks: ``urlset`` or ``sitemapindex`` inside another, ``url`` in an index or ``sitemap`` in a urlset,
        or addresses and text between the entries.
    Why: Crawlers take the file for one of the two, and drop what belongs to the other.
    Fix: Write pages into a ``urlset`` and sitemaps into a ``sitemapindex``, each in a file of its own.
    Bad: ``<sitemapindex ...><url><loc>...</loc></url></sitemapindex>``
    Good: ``<sitemapindex ...><sitemap><loc>...</loc></sitemap></sitemapindex>``
    Source: https://www.sitemaps.org/protocol.html#index
    """
    return sitemap.report_problems("nested-root", "mixed-kinds", "stray-address", "stray-text")
