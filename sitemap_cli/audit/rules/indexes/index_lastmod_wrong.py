"""Indexes with a wrong lastmod for their sitemaps."""

from collections.abc import Iterator

from sitemap_cli.audit.facts import SiteFact, SitemapFact
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.w3c_time import DAY

ANCIENT = 9_131
"""1 January 1995, in days since 1970; hardly any pages are older."""
FEWEST = 10
TOGETHER = 60


@rule("SM408", Severity.WARNING, Scope.SITE)
def index_lastmod_wrong(site: SiteFact) -> Hits:
    """An index has a wrong ``lastmod`` for its sitemaps.

    Checks: The ``lastmod`` of a sitemap is more than a day before the newest ``lastmod`` in it, or at least
        10 sitemaps all have the same one (unless it is a date on which each has an entry), or all are within
        a minute of the fetch, or it is before 1995.
    Why: Crawlers skip sitemaps that have not changed. If the date is too old, they miss pages; if it is
        always new, they read all sitemaps every time.
    Fix: Write the date when the sitemap last changed. It is at least the newest ``lastmod`` of its
        entries.

        - time of the build: Do not write the current time. If the date of the last change is not known,
          leave out ``lastmod``.

    Message: has pages newer than its lastmod, 2026-01-01
    Bad: ``posts.xml`` has an entry with the ``lastmod`` 2026-11-27::

        <sitemap>
          <loc>https://example.com/posts.xml</loc>
          <lastmod>2026-01-01</lastmod>
        </sitemap>

    Good::

        <sitemap>
          <loc>https://example.com/posts.xml</loc>
          <lastmod>2026-11-27</lastmod>
        </sitemap>

    Source: https://www.sitemaps.org/protocol.html#sitemapIndexTagDefinitions
        https://blogs.bing.com/webmaster/february-2023/The-Importance-of-Setting-the-lastmod-Tag-in-Your-Sitemap
    See also: SM323 SM326 SM802
    """
    for index in site.indexes:
        known = [child.lastmod_utc for child in index.listed if child.lastmod_utc is not None]
        if len(known) >= FEWEST and len(set(known)) == 1 and not _has_entries_of_each_day(site, index):
            message = f"all {len(known):,} sitemaps have the same lastmod"
            yield Hit(message, count=len(known), sitemap=index.url, fix="time of the build")
        elif len(known) > 1 and all(abs(each - index.fetched_at) <= TOGETHER for each in known):
            message = "all lastmods are the time of the fetch"
            yield Hit(message, count=len(known), sitemap=index.url, fix="time of the build")
        yield from _report_outdated_children(site, index)


def _has_entries_of_each_day(site: SiteFact, index: SitemapFact) -> bool:
    """Return whether the index has dates without times, and each sitemap has an entry of its date."""
    dated = [child for child in index.listed if child.lastmod_utc is not None]
    if any("T" in (child.lastmod or "") for child in dated):
        return False
    known = [(site.find_sitemap(child.loc), str((child.lastmod_utc or 0) // DAY)) for child in dated]
    return all(sitemap is not None and day in sitemap.days for sitemap, day in known)


def _report_outdated_children(site: SiteFact, index: SitemapFact) -> Iterator[Hit]:
    for child in index.listed:
        sitemap = site.find_sitemap(child.loc)
        if sitemap is None or child.lastmod_utc is None:
            continue
        # Dates can be in another time zone. SM323 reports dates in the future.
        newest = max((day for day in sitemap.lastmod_days if day * DAY <= sitemap.fetched_at), default=None)
        lastmod = format_value(child.lastmod or "")
        message = None
        if newest is not None and newest > child.lastmod_utc // DAY + 1:
            message = f"has pages newer than its lastmod, {lastmod}"
        elif child.lastmod_utc < ANCIENT * DAY:
            message = f"lastmod is older than the web: {lastmod}"
        if message:
            yield Hit(message, loc=child.loc, line=child.line, sitemap=index.url)
