"""Sitemaps that have not changed for months."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.w3c_time import DAY, format_day

STALE_DAYS = 90


@rule(
    "SM803", Severity.WARNING, Scope.HISTORY, needs=("previous_job", "unchanged_period"), needs_complete=True
)
def stale(site: SiteFact) -> Hits:
    """Nothing in the sitemaps has changed for months, though the site has.

    Checks: All complete jobs over the same target of more than 90 days have read the same documents, in
        which no address and no ``lastmod`` has changed, and the text of the home page, numbers aside, was not
        the same each time it was asked by ``sitemap probe``.
    Why: What makes the sitemaps has stopped, and search engines learn nothing of new pages.
    Fix: Look at what builds the sitemaps: does it still run, and does it write to where the site is?
    Bad: a shop with new products each week and a sitemap of last spring
    Good: a sitemap that is built with the site
    Source: https://blogs.bing.com/webmaster/May-2016/Sitemaps-%E2%80%93-4-Basics-to-Get-You-Started
    """
    still = site.unchanged_period
    if still is not None and site.started_at - still.since > STALE_DAYS * DAY:
        days = int((site.started_at - still.since) / DAY)
        told = f"nothing has changed since {format_day(still.since)}, for {days} days"
        yield Hit(f"{told}, in {still.jobs:,} jobs; the home page has")
