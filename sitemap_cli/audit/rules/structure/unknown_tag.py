"""Elements that the protocol does not define."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM206", Severity.WARNING, Scope.DOCUMENT)
def unknown_tag(sitemap: SitemapFact) -> Hits:
    """A sitemap has an element that the protocol does not define.

    Checks: An element in the namespace of the protocol is unknown, is written in the wrong case, or is in a
        place where it is not allowed. Each name is reported once.
    Why: Crawlers ignore the element and everything in it.
    Fix: Correct the name. XML names are case-sensitive.
    Bad: ``<lastMod>2026-11-01</lastMod>``
    Good: ``<lastmod>2026-11-01</lastmod>``
    Source: https://www.sitemaps.org/protocol.html#xmlTagDefinitions
    """
    return sitemap.report_problems("unknown-tag", "tag-case", "stray-tag", "foreign-entry")
