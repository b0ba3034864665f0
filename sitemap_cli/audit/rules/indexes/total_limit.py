"""Sites above the total limit of URLs."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

MAX_TOTAL = 2_500_000_000


@rule("SM414", Severity.INFO, Scope.SITE)
def total_limit(site: SiteFact) -> Hits:
    """A site lists more URLs than an index can.

    Checks: A site lists more than 2,500,000,000 URLs in total (50,000 sitemaps of 50,000 URLs).
    Why: One index cannot list more. Billions of URLs usually come from combinations of filters.
    Fix: List only the important pages.
    Message: 2,500,000,001 URLs; one index can list 2,500,000,000
    Bad: every filter combination of a shop
    Good: every product of a shop
    Source: https://www.sitemaps.org/protocol.html#index
    See also: SM107 SM316 SM401
    """
    if site.urls > MAX_TOTAL:
        yield Hit(f"{site.urls:,} URLs; one index can list {MAX_TOTAL:,}")
