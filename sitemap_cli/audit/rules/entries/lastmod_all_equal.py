"""Sitemaps in which nearly every lastmod is the same."""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.w3c_time import parse_w3c_exactly

FEWEST = 10
NEARLY_ALL = 0.95
TOGETHER = 60


@rule("SM326", Severity.WARNING, Scope.URL)
def lastmod_all_equal(batch: Batch) -> Hits:
    """All pages are said to have changed at the same moment.

    Checks: ten entries or more with a ``lastmod``, of which at least 95 % lie within 60 seconds of one
        another (looked for among some 30,000 entries at a time); days without a time count as their first
        second.
    Why: It is the time of a build or of the request, not of a change; search engines see that and ignore
        the field.
    Fix: Write for each page when its content changed.
    Bad: every ``lastmod`` is the time at which the sitemap was made
    Good: every page has its own
    Source: https://blogs.bing.com/webmaster/february-2023/The-Importance-of-Setting-the-lastmod-Tag-in-Your-Sitemap
    """
    if not _can_be_equal(batch.sitemap) or _are_spread(batch):
        return
    known = list(_parse_lastmods(batch))
    if len(known) < FEWEST:
        return
    moments = sorted(each for each, _ in known)
    first, count = max(_count_per_minute(moments), key=lambda run: run[1])
    if count >= NEARLY_ALL * len(moments):
        at = next(at for each, at in known if each >= first)
        fetched = abs(first - batch.sitemap.fetched_at) <= TOGETHER
        when = "the time of the fetch" if fetched else batch.lastmods.values[at]
        yield Hit(f"{count:,} of {len(moments):,} lastmods are {format_value(when)}", index=at, count=count)


def _can_be_equal(sitemap: SitemapFact) -> bool:
    """Whether two days in a row have nearly all the dates."""
    days = sitemap.lastmod_days
    total = sum(days.values())
    most = max((count + days.get(day + 1, 0) for day, count in days.items()), default=0)
    # A batch may be of one mind where the whole file is not: look at all files of few days.
    return total >= FEWEST and (most >= NEARLY_ALL * total or len(days) <= 2)


def _are_spread(batch: Batch) -> bool:
    """Whether a look at the first dates rules out that nearly all are of one minute.

    At most 5 % lie elsewhere: of the first fifteenth, which is 6.7 %, a quarter must lie together.
    """
    some = (batch.size - batch.lastmods.values.count("")) // 15
    first = sorted(each for each, _ in islice(_parse_lastmods(batch), some))
    return len(first) > FEWEST and max(count for _, count in _count_per_minute(first)) < len(first) // 4


def _parse_lastmods(batch: Batch) -> Iterator[tuple[float, int]]:
    """The moments that lastmods name, each with its place."""
    found = ((parse_w3c_exactly(value), at) for at, value in enumerate(batch.lastmods.values))
    return ((each, at) for each, at in found if each is not None)


def _count_per_minute(moments: list[float]) -> Iterator[tuple[float, int]]:
    """For each of some sorted moments, how many there are within a minute from it on."""
    last = None
    for at, each in enumerate(moments):
        if each != last:
            yield each, bisect_right(moments, each + TOGETHER) - at
            last = each
