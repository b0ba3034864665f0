"""Elements that the protocol does not define."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM206", Severity.WARNING, Scope.DOCUMENT)
def unknown_tag(sitemap: SitemapFact) -> Hits:
    """A sitemap has an element that the protocol does not know.

    Checks: an element of the protocol's namespace that is not one of its own or is written in other
        letters, or one that stands where it may not; each name is told once.
    Why: Crawlers leave it out, with all that stands in it.
    Fix: Correct the name; XML tells upper from lower case.
    Bad: ``<lastMod>2026-11-01</lastMod>``
    Good: ``<lastmod>2026-11-01</lastmod>``
    Source: https://www.sitemaps.org/protocol.html#xmlTagDefinitions
    """
    return sitemap.report_problems("unknown-tag", "tag-case", "stray-tag", "foreign-entry")
