"""Nested root elements, and entries of the wrong kind."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM213", Severity.ERROR, Scope.DOCUMENT)
def nested_or_mixed(sitemap: SitemapFact) -> Hits:
    """A sitemap has elements in the wrong place.

    Checks: A ``urlset`` or ``sitemapindex`` contains another one, an index contains a ``url``, a urlset
        contains a ``sitemap``, or URLs or text occur between the entries.
    Why: Crawlers read the file as either a sitemap or an index, and skip the entries of the other kind.
    Fix: Write pages into a ``urlset`` and sitemaps into a ``sitemapindex``, in separate files.
    Bad: ``<sitemapindex ...><url><loc>...</loc></url></sitemapindex>``
    Good: ``<sitemapindex ...><sitemap><loc>...</loc></sitemap></sitemapindex>``
    Source: https://www.sitemaps.org/protocol.html#index
    """
    return sitemap.report_problems("nested-root", "mixed-kinds", "stray-address", "stray-text")
