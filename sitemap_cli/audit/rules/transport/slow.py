"""Sitemaps that take long to fetch."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

SLOW_MS = 30_000


@rule("SM112", Severity.WARNING, Scope.DOCUMENT)
def slow(sitemap: SitemapFact) -> Hits:
    """A sitemap takes too long to fetch.

    Checks: The time from the first attempt to the last byte is more than 30 seconds. The time to the first
        byte is not recorded.
    Why: Crawlers give up, or crawl the site less often.
    Fix: Generate the file when content changes, not on each request. Compress it, or split it.
    Message: the fetch took 30.0 seconds
    Bad: a sitemap that takes a minute to generate from the database on each request
    Good: a file that is sent in a second
    Systems:
        Next.js: ``export const revalidate = 3600`` in ``app/sitemap.ts`` keeps the file for an
            hour.
        WordPress: a page cache must cache the URLs of sitemaps, too.
    Source: own (crawlers have time limits, but do not publish them)
    See also: SM101 SM106 SM109 SM113 SM715
    """
    if sitemap.ms > SLOW_MS:
        yield Hit(f"the fetch took {sitemap.ms / 1000:,.1f} seconds")
