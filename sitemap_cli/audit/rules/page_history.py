"""What pages that were asked tell of the changes of a site."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.w3c_time import DAY, format_day

STALE_DAYS = 90
REMOVED = "removed"


@rule("SM803", "stale", Severity.WARNING, Scope.HISTORY, needs=("before", "stillness"))
def stale(site: SiteFact) -> Hits:
    """Nothing in the sitemaps has changed for months, though the site has.

    Criterion: all complete jobs over the same target of more than 90 days have read the same documents, in
        which no address and no ``lastmod`` has changed, and the text of the home page, numbers aside, was not
        the same each time it was asked by ``sitemap probe``.
    Why: What makes the sitemaps has stopped, and search engines learn nothing of new pages.
    Mend: Look at what builds the sitemaps: does it still run, and does it write to where the site is?
    Bad: a shop with new products each week and a sitemap of last spring
    Good: a sitemap that is built with the site
    Source: https://blogs.bing.com/webmaster/May-2016/Sitemaps-%E2%80%93-4-Basics-to-Get-You-Started
    """
    still = site.stillness
    if still is not None and site.at - still.since > STALE_DAYS * DAY:
        days = int((site.at - still.since) / DAY)
        told = f"nothing has changed since {format_day(still.since)}, for {days} days"
        yield Hit(f"{told}, in {still.jobs:,} jobs; the home page has")


@rule("SM805", "removed-still-200", Severity.WARNING, Scope.HISTORY, needs=("before", "differing"))
def removed_still_200(site: SiteFact) -> Hits:
    """Pages were taken out of the sitemaps and are still there, or were added and are not.

    Criterion: an address that the last complete job over the same target listed, and this one does not,
        answers 200 and may be indexed; or one that is new does not answer 200. Known of pages that ``sitemap
        probe`` has asked, which are at most fifty of those that were removed.
    Why: Nobody notices that a page got lost from the sitemap; a new one that fails was listed too early.
    Mend: List the page again, or remove or redirect it; publish new pages before they are listed.
    Bad: ``/lamp`` is no longer listed, and answers 200
    Good: ``/lamp`` is no longer listed, and answers 404 or 301
    Source: own (what a site lists and what it serves should change together)
    """
    for page in site.differing:
        if page.role != REMOVED:
            yield Hit(f"is new, and {_told(page)}", loc=page.loc, line=page.line, sitemap=page.sitemap)
        elif page.is_good and not page.is_barred and page.soft_404 is None and not page.others:
            yield Hit(f"is no longer listed, and still answers {page.status_code}", loc=page.loc)


def _told(page: PageFact) -> str:
    if page.is_moved:
        return "redirects"
    return f"answers {page.status_code}" if page.status_code else "does not answer"
