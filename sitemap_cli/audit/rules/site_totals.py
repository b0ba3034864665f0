"""What a site lists as a whole: too much, or not its own home page."""

from sitemap_cli.audit.entry_batch import shown
from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Kind, Severity

MAX_INDEXES = 500
MAX_TOTAL = 2_500_000_000


@rule("SM410", "too-many-indexes", Severity.WARNING, Scope.SITE)
def too_many_indexes(site: SiteFact) -> Hits:
    """A site has more indexes than a search engine takes.

    Criterion: more than 500 of them.
    Why: Google takes 500 for each site in the Search Console.
    Mend: Write fuller indexes: each may list 50,000 sitemaps.
    Bad: an index for each of 800 shops
    Good: an index of 800 sitemaps
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/large-sitemaps
    """
    count = sum(each.kind == Kind.INDEX for each in site.sitemaps)
    if count > MAX_INDEXES:
        yield Hit(f"{count:,} indexes; {MAX_INDEXES} are taken of a site")


@rule("SM413", "no-homepage", Severity.INFO, Scope.SITE, needs=("has_homepage",))
def no_homepage(site: SiteFact) -> Hits:
    """No sitemap lists the home page.

    Criterion: the whole site was read, not a sitemap that was named, and none of its addresses is that of
        the root, with or without ``www`` or a slash.
    Why: An export that leaves out the home page often leaves out more.
    Mend: List ``https://example.com/``.
    Bad: a sitemap of the shop, and no other
    Good: ``<loc>https://example.com/</loc>``
    Source: own (the home page is a page)
    """
    named = any(each.discovered_by == "user" for each in site.sitemaps)
    if site.whole and site.urls and not named and not site.has_homepage:
        yield Hit(f"{shown(site.url)} is in no sitemap")


@rule("SM414", "total-limit", Severity.INFO, Scope.SITE)
def total_limit(site: SiteFact) -> Hits:
    """A site lists more addresses than an index can.

    Criterion: more than 2,500,000,000 in all (50,000 sitemaps of 50,000 addresses).
    Why: Nobody will fetch that many.
    Mend: List what matters.
    Bad: every combination of filters of a shop
    Good: every product of a shop
    Source: https://www.sitemaps.org/protocol.html#index
    """
    if site.urls > MAX_TOTAL:
        yield Hit(f"{site.urls:,} URLs; one index can list {MAX_TOTAL:,}")
