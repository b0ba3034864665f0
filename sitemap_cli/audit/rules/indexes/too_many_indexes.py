"""Sites with more indexes than search engines accept."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Kind, Severity

MAX_INDEXES = 500


@rule("SM410", Severity.WARNING, Scope.SITE)
def too_many_indexes(site: SiteFact) -> Hits:
    """A site has more indexes than a search engine takes.

    Checks: More than 500 of them.
    Why: Google takes 500 for each site in the Search Console.
    Fix: Write fuller indexes: each may list 50,000 sitemaps.
    Bad: an index for each of 800 shops
    Good: an index of 800 sitemaps
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/large-sitemaps
    """
    count = sum(each.kind == Kind.INDEX for each in site.sitemaps)
    if count > MAX_INDEXES:
        yield Hit(f"{count:,} indexes; {MAX_INDEXES} are taken of a site")
