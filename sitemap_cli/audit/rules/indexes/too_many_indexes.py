"""Sites with more indexes than search engines accept."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Kind, Severity

MAX_INDEXES = 500


@rule("SM410", Severity.WARNING, Scope.SITE)
def too_many_indexes(site: SiteFact) -> Hits:
    """A site has too many indexes.

    Checks: A site has more than 500 indexes.
    Why: Google accepts at most 500 indexes per site in Search Console.
    Fix: Put more sitemaps into each index: an index can list 50,000.
    Message: 501 indexes; the limit is 500 per site
    Bad: an index for each of 800 shops
    Good: an index of 800 sitemaps
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/large-sitemaps
    See also: SM401 SM402
    """
    count = sum(each.kind == Kind.INDEX for each in site.sitemaps)
    if count > MAX_INDEXES:
        yield Hit(f"{count:,} indexes; the limit is {MAX_INDEXES} per site")
