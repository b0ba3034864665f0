"""Sitemaps in which nearly every lastmod is the same."""

from bisect import bisect_right
from collections.abc import Iterator
from functools import partial
from itertools import islice

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.w3c_time import parse_w3c_exactly

FEWEST = 10
MANY = 30
NEARLY_ALL = 0.95
TOGETHER = 60


@rule("SM326", Severity.WARNING, Scope.URL)
def lastmod_all_equal(batch: Batch) -> Hits:
    """Nearly all entries have the same ``lastmod``.

    Checks: A sitemap has at least 10 entries with a ``lastmod``, and at least 95 % of them are within 60
        seconds of each other. It is an info for dates without a time, and for fewer than 30 pages: they may
        have been published together. News sitemaps are exempt, as they list the articles of two days.
        Entries are compared in batches of about 30,000.
    Why: The value is the time of the build or of the request, not of a change. Bing says that it recognizes
        such values. They can be right, for instance after a launch or a new design.
    Fix: Set the ``lastmod`` of each page to the time when its content last changed. If that is not known,
        leave the field out.
    Message: 30 of 30 lastmods are 2026-11-01T08:30:00Z
    Bad::

        <url>
          <loc>https://example.com/a</loc>
          <lastmod>2026-11-01T08:30:00Z</lastmod>
        </url>
        <url>
          <loc>https://example.com/b</loc>
          <lastmod>2026-11-01T08:30:00Z</lastmod>
        </url>

    Good::

        <url>
          <loc>https://example.com/a</loc>
          <lastmod>2026-10-14T16:02:11Z</lastmod>
        </url>
        <url>
          <loc>https://example.com/b</loc>
          <lastmod>2025-03-30T09:15:00Z</lastmod>
        </url>

    Systems:
        Next.js: ``lastModified: new Date()`` is the time of the build or of the request: take the date
            from the data of the page.
        Astro: the option ``lastmod: new Date()`` of ``@astrojs/sitemap`` is one date for all pages: use
            ``serialize``.
        Hugo: ``:fileModTime`` is the time of the checkout: set ``enableGitInfo``.
    Source: https://blogs.bing.com/webmaster/february-2023/The-Importance-of-Setting-the-lastmod-Tag-in-Your-Sitemap
    See also: SM325 SM408 SM708 SM802
    """
    if not _can_be_equal(batch.sitemap) or _are_spread(batch):
        return
    known = list(_parse_lastmods(batch))
    if len(known) < FEWEST:
        return
    moments = sorted(each for each, _ in known)
    first, count = max(_count_per_minute(moments), key=lambda run: run[1])
    if count >= NEARLY_ALL * len(moments):
        at = next(_list_equal(known, first))
        fetched = abs(first - batch.sitemap.fetched_at) <= TOGETHER
        when = "the time of the fetch" if fetched else batch.lastmods.values[at]
        message = f"{count:,} of {len(moments):,} lastmods are {format_value(when)}"
        is_day = "T" not in batch.lastmods.values[at]
        severity = Severity.INFO if is_day or len(moments) < MANY else None
        every = partial(_list_equal, known, first)
        yield Hit(message, severity=severity, count=count, value=format_value(when), places=every)


def _list_equal(known: list[tuple[float, int]], first: float) -> Iterator[int]:
    """Yield the indexes of the lastmods within a minute."""
    return (at for each, at in known if first <= each <= first + TOGETHER)


def _can_be_equal(sitemap: SitemapFact) -> bool:
    """Return whether nearly all dates are on two consecutive days, in a sitemap of other pages than news."""
    days = sitemap.lastmod_days
    total = sum(days.values())
    if 2 * (sitemap.extensions or {}).get("news", 0) > sitemap.urls:
        return False
    most = max((count + days.get(day + 1, 0) for day, count in days.items()), default=0)
    # A batch can have equal dates when the whole file does not: check every file with at most two days.
    return total >= FEWEST and (most >= NEARLY_ALL * total or len(days) <= 2)


def _are_spread(batch: Batch) -> bool:
    """Return whether the first dates rule out that nearly all are within one minute.

    At most 5 % may differ. The first fifteenth is 6.7 % of all, so a quarter of it must be together.
    """
    some = (batch.size - batch.lastmods.values.count("")) // 15
    first = sorted(each for each, _ in islice(_parse_lastmods(batch), some))
    return len(first) > FEWEST and max(count for _, count in _count_per_minute(first)) < len(first) // 4


def _parse_lastmods(batch: Batch) -> Iterator[tuple[float, int]]:
    """Yield the time of each valid lastmod with its index."""
    found = ((parse_w3c_exactly(value), at) for at, value in enumerate(batch.lastmods.values))
    return ((each, at) for each, at in found if each is not None)


def _count_per_minute(moments: list[float]) -> Iterator[tuple[float, int]]:
    """Yield each distinct time with the number of times in the 60 seconds from it on; the input is sorted."""
    last = None
    for at, each in enumerate(moments):
        if each != last:
            yield each, bisect_right(moments, each + TOGETHER) - at
            last = each
