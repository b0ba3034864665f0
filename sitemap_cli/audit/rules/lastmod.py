"""Dates of entries that say nothing, or something impossible."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice

from sitemap_cli.audit.entry_batch import SEP, Batch, shown
from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Engine, Severity
from sitemap_cli.w3c_time import DAY, format_minute, parse_w3c_exactly

ANCIENT = 9_131
"""The first of January 1995, in days since 1970: older pages than that there are hardly any."""
FEWEST = 10
NEARLY_ALL = 0.95
TOGETHER = 60
WITHOUT_ZONE = re.compile(rf"T[0-9:.]++(?={SEP})")
DATE_ONLY = re.compile(rf"{SEP}[0-9]{{4}}(?:-[0-9]{{2}}){{0,2}}(?={SEP})")
OLD = re.compile(rf"{SEP}(?:19[0-8][0-9]|199[0-4]|1[0-8][0-9]{{2}}|0[0-9]{{3}})(?![^{SEP}T-])")


@rule("SM321", "lastmod-invalid", Severity.WARNING, Scope.DOCUMENT)
def lastmod_invalid(sitemap: SitemapFact) -> Hits:
    """A ``lastmod`` is no date, or is not written as one has to be.

    Criterion: it fits none of the forms of W3C Datetime (``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD``,
        ``YYYY-MM-DDThh:mmTZD`` and with seconds and fractions), or names a day or time that does not exist.
        In feeds, dates of RFC 822 are as good. A zone that is missing is a matter of SM322.
    Why: Crawlers ignore it, and know nothing of the page's age.
    Mend: Write ``2026-11-01`` or ``2026-11-01T08:30:00+00:00``.
    Bad: ``<lastmod>01.11.2026</lastmod>``
    Good: ``<lastmod>2026-11-01</lastmod>``
    Source: https://www.w3.org/TR/NOTE-datetime https://www.sitemaps.org/protocol.html#lastmoddef
    """
    return sitemap.told("lastmod-invalid")


@rule("SM322", "lastmod-no-tz", Severity.WARNING, Scope.URL)
def lastmod_no_tz(batch: Batch) -> Hits:
    """A ``lastmod`` has a time and no time zone.

    Criterion: a time of day that is followed by neither ``Z`` nor an offset such as ``+01:00``.
    Why: W3C Datetime demands the zone; without it the moment is off by up to a day.
    Mend: Add the offset, or write the time in UTC with a ``Z``; or the day alone.
    Bad: ``<lastmod>2026-11-01T08:30:00</lastmod>``
    Good: ``<lastmod>2026-11-01T08:30:00Z</lastmod>``
    Source: https://www.w3.org/TR/NOTE-datetime
    """
    if _all_in_zones(batch):
        return ()
    return _of_lastmod(batch, batch.lastmods.matching(WITHOUT_ZONE), "no time zone")


@rule("SM323", "lastmod-future", Severity.WARNING, Scope.URL)
def lastmod_future(batch: Batch) -> Hits:
    """A ``lastmod`` lies in the future.

    Criterion: more than 24 hours after the sitemap was fetched; with ``--engine bing`` any time after.
    Why: Search engines reject it, and trust the other dates less.
    Mend: Write when the content last changed, in the right zone; check the clock of the server.
    Bad: ``<lastmod>2099-01-01</lastmod>``
    Good: ``<lastmod>2026-11-01</lastmod>``
    Source: https://blogs.bing.com/webmaster/february-2023/The-Importance-of-Setting-the-lastmod-Tag-in-Your-Sitemap
    """
    after = batch.sitemap.fetched_at + (0 if batch.site.engine is Engine.BING else DAY)
    # A lastmod may be written in a zone in which it is tomorrow already, or still yesterday.
    if not any(_number(day) >= after // DAY for day in batch.sitemap.days):
        return ()
    # West of Greenwich it is up to twelve hours earlier than in UTC, elsewhere never.
    suspect = format_minute(after if _all_in_zones(batch) else after - DAY / 2)
    places = (
        at
        for at, value in enumerate(batch.lastmods.values)
        if value[:16] >= suspect and (parse_w3c_exactly(value) or 0) > after
    )
    return _of_lastmod(batch, places, "in the future")


@rule("SM324", "lastmod-ancient", Severity.INFO, Scope.URL)
def lastmod_ancient(batch: Batch) -> Hits:
    """A ``lastmod`` is older than the page can be.

    Criterion: before 1995, for instance 1970-01-01, which is what a missing date becomes in many programs.
    Why: It is not true, and makes the others doubtful.
    Mend: Leave ``lastmod`` away where the date is not known.
    Bad: ``<lastmod>1970-01-01T00:00:00Z</lastmod>``
    Good: no ``lastmod``
    Source: own (the web had hardly any pages then)
    """
    if not any(_number(day) < ANCIENT for day in batch.sitemap.days):
        return ()
    return _of_lastmod(batch, batch.lastmods.matching(OLD), "older than the web")


@rule("SM325", "lastmod-missing", Severity.INFO, Scope.DOCUMENT, engines={Engine.BING: Severity.WARNING})
def lastmod_missing(sitemap: SitemapFact) -> Hits:
    """Entries have no ``lastmod``.

    Criterion: at least one entry of an XML sitemap without it; the share of all is told.
    Why: It is what search engines decide by when to come back; Bing asks for it on every entry.
    Mend: Write the day on which the content of the page last changed.
    Bad: ``<url><loc>https://example.com/</loc></url>``
    Good: ``<url><loc>https://example.com/</loc><lastmod>2026-11-01</lastmod></url>``
    Source: https://blogs.bing.com/webmaster/february-2023/The-Importance-of-Setting-the-lastmod-Tag-in-Your-Sitemap
    """
    missing = sitemap.days.get("missing", 0)
    if missing and sitemap.kind == "urlset":
        share = missing / max(sitemap.urls, 1)
        yield Hit(f"{share:.0%} of the entries have no lastmod", count=missing)


@rule("SM326", "lastmod-all-equal", Severity.WARNING, Scope.URL)
def lastmod_all_equal(batch: Batch) -> Hits:
    """All pages are said to have changed at the same moment.

    Criterion: ten entries or more with a ``lastmod``, of which at least 95 % lie within 60 seconds of one
        another (looked for among some 30,000 entries at a time); days without a time count as their first
        second.
    Why: It is the time of a build or of the request, not of a change; search engines see that and ignore
        the field.
    Mend: Write for each page when its content changed.
    Bad: every ``lastmod`` is the time at which the sitemap was made
    Good: every page has its own
    Source: https://blogs.bing.com/webmaster/february-2023/The-Importance-of-Setting-the-lastmod-Tag-in-Your-Sitemap
    """
    if not _may_be_equal(batch.sitemap) or _are_spread(batch):
        return
    known = list(_moments(batch))
    if len(known) < FEWEST:
        return
    moments = sorted(each for each, _ in known)
    first, count = max(_runs(moments), key=lambda run: run[1])
    if count >= NEARLY_ALL * len(moments):
        at = next(at for each, at in known if each >= first)
        fetched = abs(first - batch.sitemap.fetched_at) <= TOGETHER
        when = "the time of the fetch" if fetched else batch.lastmods.values[at]
        yield Hit(f"{count:,} of {len(moments):,} lastmods are {shown(when)}", index=at, count=count)


@rule(
    "SM327",
    "lastmod-date-only",
    Severity.INFO,
    Scope.URL,
    engines={Engine.BING: Severity.INFO},
    engine_only=True,
)
def lastmod_date_only(batch: Batch) -> Hits:
    """A ``lastmod`` has no time of day.

    Criterion: it names a day, a month or a year and no time.
    Why: Bing asks for date and time, so that it can tell apart several changes of a day.
    Mend: Add the time and the zone.
    Bad: ``<lastmod>2026-11-01</lastmod>``
    Good: ``<lastmod>2026-11-01T08:30:00+00:00</lastmod>``
    Source: https://blogs.bing.com/webmaster/July-2025/Keeping-Content-Discoverable-with-Sitemaps-in-AI-Powered-Search
    """
    if batch.lastmods.text.count("T") == batch.size:
        return ()
    return _of_lastmod(batch, batch.lastmods.matching(DATE_ONLY), "no time of day")


def _of_lastmod(batch: Batch, places: Iterator[int], what: str) -> Iterator[Hit]:
    for index in places:
        yield Hit(f"{what}: {shown(batch.lastmods.values[index])}", index=index)


def _all_in_zones(batch: Batch) -> bool:
    """Whether every time has a zone, and none of them one west of Greenwich; that is known of most."""
    text = batch.lastmods.text
    # Something invalid, such as a day with a zone, might make up for a time without.
    return batch.sitemap.has_valid_dates and text.count("T") == text.count(f"Z{SEP}") + text.count("+")


def _number(day: str) -> float:
    """A day since 1970; not a number for entries without one, of which nothing is true."""
    return int(day) if day.lstrip("-").isdigit() else float("nan")


def _may_be_equal(sitemap: SitemapFact) -> bool:
    """Whether two days in a row have nearly all the dates."""
    days = {int(day): count for day, count in sitemap.days.items() if day.lstrip("-").isdigit()}
    total = sum(days.values())
    most = max((count + days.get(day + 1, 0) for day, count in days.items()), default=0)
    # A batch may be of one mind where the whole file is not: look at all files of few days.
    return total >= FEWEST and (most >= NEARLY_ALL * total or len(days) <= 2)


def _are_spread(batch: Batch) -> bool:
    """Whether a look at the first dates rules out that nearly all are of one minute.

    At most 5 % lie elsewhere: of the first fifteenth, which is 6.7 %, a quarter must lie together.
    """
    some = (batch.size - batch.lastmods.values.count("")) // 15
    first = sorted(each for each, _ in islice(_moments(batch), some))
    return len(first) > FEWEST and max(count for _, count in _runs(first)) < len(first) // 4


def _moments(batch: Batch) -> Iterator[tuple[float, int]]:
    """The moments that lastmods name, each with its place."""
    found = ((parse_w3c_exactly(value), at) for at, value in enumerate(batch.lastmods.values))
    return ((each, at) for each, at in found if each is not None)


def _runs(moments: list[float]) -> Iterator[tuple[float, int]]:
    """For each of some sorted moments, how many there are within a minute from it on."""
    last = None
    for at, each in enumerate(moments):
        if each != last:
            yield each, bisect_right(moments, each + TOGETHER) - at
            last = each
