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
    """The sitemaps have not changed for months, but the site has.

    Checks: For more than 90 days, all complete jobs for the same target that no check refused have read the
        same documents, without changes to URLs or ``lastmod`` values, but the text of the home page, apart
        from numbers, has changed between the requests of ``sitemap probe``.
    Why: The program that generates the sitemaps has stopped, and search engines do not find new pages.
    Fix: Check that the sitemap generator still runs and writes to the directory that the site serves.
    Message: the sitemaps have not changed since …, for 100 days, in 2 jobs; the home page has
    Bad: a shop with new products each week and a sitemap of last spring
    Good: a sitemap that is built with the site
    Systems:
        Magento: Stores > Configuration > Catalog > XML Sitemap > Generation Settings must be
            enabled, and cron must run.
        Static sites: let the CMS start a build when content changes, or build on a schedule.
    Source: https://blogs.bing.com/webmaster/May-2016/Sitemaps-%E2%80%93-4-Basics-to-Get-You-Started
    See also: SM408 SM802
    """
    still = site.unchanged_period
    if still is not None and site.started_at - still.since > STALE_DAYS * DAY:
        days = int((site.started_at - still.since) / DAY)
        message = f"the sitemaps have not changed since {format_day(still.since)}, for {days} days"
        yield Hit(f"{message}, in {still.jobs:,} jobs; the home page has")
