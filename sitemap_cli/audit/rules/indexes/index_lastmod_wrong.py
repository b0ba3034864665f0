"""Indexes with a wrong lastmod for their sitemaps."""

from collections.abc import Iterator

from sitemap_cli.audit.facts import SiteFact, SitemapFact
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.w3c_time import DAY

FEWEST = 10
TOGETHER = 60


@rule("SM408", Severity.WARNING, Scope.SITE)
def index_lastmod_wrong(site: SiteFact) -> Hits:
    """An index says something untrue about when its sitemaps changed.

    Checks: The ``lastmod`` of a sitemap lies more than a day before the newest ``lastmod`` in it; or ten
        sitemaps and more all have the same one, unless it is a day of which each has an entry; or all are
        the time of the fetch, give or take a minute.
    Why: Crawlers skip a sitemap that has not changed: with a date that is too old they miss pages, with
        one that is always new they read everything each time.
    Fix: Write the newest ``lastmod`` of the sitemap's own entries.
    Bad: ``<sitemap>`` with ``<lastmod>2026-01-01</lastmod>`` for a file with a page of today
    Good: ``<lastmod>`` of a sitemap is that of its newest page
    Source: https://blogs.bing.com/webmaster/february-2023/The-Importance-of-Setting-the-lastmod-Tag-in-Your-Sitemap
    """
    for index in site.indexes:
        known = [child.lastmod_utc for child in index.listed if child.lastmod_utc is not None]
        if len(known) >= FEWEST and len(set(known)) == 1 and not _has_entries_of_each_day(site, index):
            message = f"all {len(known):,} sitemaps have the same lastmod"
            yield Hit(message, count=len(known), sitemap=index.url)
        elif len(known) > 1 and all(abs(each - index.fetched_at) <= TOGETHER for each in known):
            yield Hit("every lastmod is the time of the fetch", count=len(known), sitemap=index.url)
        yield from _report_outdated_children(site, index)


def _has_entries_of_each_day(site: SiteFact, index: SitemapFact) -> bool:
    """Whether the dates of an index are days, without a time, and each sitemap has an entry of its day."""
    dated = [child for child in index.listed if child.lastmod_utc is not None]
    if any("T" in (child.lastmod or "") for child in dated):
        return False
    known = [(site.sitemaps_by_url.get(child.loc), str((child.lastmod_utc or 0) // DAY)) for child in dated]
    return all(sitemap is not None and day in sitemap.days for sitemap, day in known)


def _report_outdated_children(site: SiteFact, index: SitemapFact) -> Iterator[Hit]:
    for child in index.listed:
        sitemap = site.sitemaps_by_url.get(child.loc)
        if sitemap is None or child.lastmod_utc is None:
            continue
        # Days may be written in another zone, and a day of the future is a matter of SM323.
        newest = max((day for day in sitemap.lastmod_days if day * DAY <= sitemap.fetched_at), default=0)
        if newest > child.lastmod_utc // DAY + 1:
            message = f"{format_value(child.loc)} has pages newer than {format_value(child.lastmod or '')}"
            yield Hit(message, loc=child.loc, line=child.line, sitemap=index.url)
