"""URLs above the length limit."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM303", Severity.ERROR, Scope.DOCUMENT)
def loc_too_long(sitemap: SitemapFact) -> Hits:
    """An address is longer than the protocol allows.

    Checks: 2,048 characters or more.
    Why: The protocol wants fewer than that, and crawlers drop or cut what is longer.
    Fix: Shorten the address; what a page needs to know seldom has to stand in it.
    Bad: an address that carries the state of a whole form
    Good: ``<loc>https://example.com/search/lamps</loc>``
    Source: https://www.sitemaps.org/protocol.html#locdef
    """
    return sitemap.report_problems("url-long", "url-too-long")
