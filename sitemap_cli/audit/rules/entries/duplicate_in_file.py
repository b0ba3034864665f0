"""URLs that a sitemap lists more than once."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits, distribute_count
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM311", Severity.WARNING, Scope.SITE, needs=("duplicates",))
def duplicate_in_file(site: SiteFact) -> Hits:
    """A sitemap lists the same URL more than once.

    Checks: Two entries of one file have exactly the same ``loc``. Each entry after the first counts. SM312
        checks URLs that differ only in spelling.
    Why: The entries can contradict each other, and each one counts towards the limit of 50,000.
    Fix: List each URL once. Look for a query that returns a page once for each of its categories or
        languages.
    Message: listed more than once
    Bad::

        <url>
          <loc>https://example.com/lamp</loc>
          <lastmod>2026-11-01</lastmod>
        </url>
        <url>
          <loc>https://example.com/lamp</loc>
          <lastmod>2026-10-02</lastmod>
        </url>

    Good::

        <url>
          <loc>https://example.com/lamp</loc>
          <lastmod>2026-11-01</lastmod>
        </url>

    Source: own (an entry describes one page; a second entry for the page is redundant or contradicts the
        first)
    See also: SM312 SM404 SM411
    """
    for found in site.duplicates.in_files:
        for (loc, line), times in distribute_count(found.count, found.examples):
            yield Hit("listed more than once", loc, line, count=times, sitemap=found.sitemap, value=loc)
