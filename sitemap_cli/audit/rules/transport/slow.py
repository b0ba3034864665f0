"""Sitemaps that take long to fetch."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

SLOW_MS = 30_000


@rule("SM112", Severity.WARNING, Scope.DOCUMENT)
def slow(sitemap: SitemapFact) -> Hits:
    """A sitemap takes very long.

    Checks: more than 30 seconds from the first attempt to the last byte. The time to the first byte is
        not recorded.
    Why: Crawlers give up, or come less often.
    Fix: Write the file when something changes, rather than on each request; compress it; split it.
    Bad: a sitemap that is put together from the database at each request, in a minute
    Good: a file that is sent in a second
    Source: own (crawlers have time limits that they do not publish)
    """
    if sitemap.ms > SLOW_MS:
        yield Hit(f"it took {sitemap.ms / 1000:,.1f} seconds")
