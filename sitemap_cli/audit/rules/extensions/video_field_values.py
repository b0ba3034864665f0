"""Fields of videos with invalid values."""

import re
from collections.abc import Callable, Iterator

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import read_field
from sitemap_cli.audit.google_dates import explain_date, parse_google_date
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

DIGITS = re.compile(r"[0-9]{1,6}")
DECIMAL = re.compile(r"[0-9](?:\.[0-9]+)?")
MAX_SECONDS, MAX_RATING = 28_800, 5.0
YES_NO = ("family_friendly", "requires_subscription", "live")


@rule("SM514", Severity.ERROR, Scope.URL)
def video_duration(batch: Batch) -> Hits:
    """The duration of a video is not valid.

    Checks: ``video:duration`` is not a whole number of seconds from 1 to 28,800 (eight hours).
    Why: Google supports no other values.
    Fix: Write the duration in seconds.
    Message: video:duration is not a whole number of seconds from 1 to 28,800: 0
    Bad::

        <video:duration>10:30</video:duration>

    Good::

        <video:duration>630</video:duration>

    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    See also: SM515 SM522
    """
    return _report_invalid_fields(
        batch, "duration", _is_duration, "not a whole number of seconds from 1 to 28,800"
    )


@rule("SM515", Severity.ERROR, Scope.URL)
def video_rating(batch: Batch) -> Hits:
    """The rating of a video is not valid.

    Checks: ``video:rating`` is not a decimal number from 0.0 to 5.0.
    Why: Google supports no other values.
    Fix: Write a number such as 4.5.
    Message: video:rating is not a number from 0.0 to 5.0: 5.1
    Bad::

        <video:rating>9/10</video:rating>

    Good::

        <video:rating>4.5</video:rating>

    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    See also: SM514 SM522
    """
    return _report_invalid_fields(batch, "rating", _is_rating, "not a number from 0.0 to 5.0")


@rule("SM517", Severity.ERROR, Scope.URL)
def video_yes_no(batch: Batch) -> Hits:
    """A field of a video is neither ``yes`` nor ``no``.

    Checks: ``family_friendly``, ``requires_subscription`` or ``live`` is neither ``yes`` nor ``no``.
    Why: Google supports no other values.
    Fix: Write ``yes`` or ``no``.
    Message: video:family_friendly is neither yes nor no: 1
    Bad::

        <video:live>false</video:live>

    Good::

        <video:live>no</video:live>

    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    See also: SM518
    """
    for name in YES_NO:
        yield from _report_invalid_fields(
            batch, name, lambda value: value.lower() in ("yes", "no"), "neither yes nor no"
        )


@rule("SM522", Severity.WARNING, Scope.URL)
def video_view_count(batch: Batch) -> Hits:
    """The view count of a video is not a whole number.

    Checks: ``video:view_count`` contains anything but digits, such as a thousands separator.
    Why: Google's schema allows only whole numbers.
    Fix: Write the number with digits only.
    Message: video:view_count is not a whole number: 12,345
    Bad::

        <video:view_count>12,345</video:view_count>

    Good::

        <video:view_count>12345</video:view_count>

    Source: https://www.google.com/schemas/sitemap-video/1.1/sitemap-video.xsd
    See also: SM514 SM515
    """
    return _report_invalid_fields(batch, "view_count", _is_count, "not a whole number")


@rule("SM519", Severity.ERROR, Scope.URL)
def video_dates(batch: Batch) -> Hits:
    """A video date is invalid, or the video has expired.

    Checks: ``publication_date`` or ``expiration_date`` is neither a complete date nor one with a time of day
        and a time zone. A time without a time zone is a warning, and so is an ``expiration_date`` before the
        fetch.
    Why: Google supports no other dates, and does not show expired videos. How it reads a time without a time
        zone is not documented: the severity is our own judgement.
    Fix: Write a complete date, with or without a time: ``2026-11-01`` or ``2026-11-01T08:30:00+00:00``.

        - no time zone: Add the time zone: ``Z`` or an offset such as ``+01:00``.
        - expired: Remove the video from the sitemap, or correct ``expiration_date``. Videos that do not
          expire need none.

    Message: video:publication_date has no day; Google needs a complete date: 2026
    Bad::

        <video:publication_date>2026-11</video:publication_date>

    Good::

        <video:publication_date>2026-11-01</video:publication_date>

    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/video-sitemaps
    See also: SM321 SM322 SM534
    """
    now = batch.sitemap.fetched_at
    for index, video in batch.iter_extension_objects("videos"):
        for name in ("publication_date", "expiration_date"):
            value = read_field(video, name)
            if name in video and (fault := explain_date(value)) is not None:
                severity = Severity.WARNING if fault.is_readable else None
                message = f"video:{name} {fault.reason}: {format_value(value)}"
                fix = "no time zone" if fault.is_readable else None
                yield Hit(message, severity=severity, index=index, value=value, fix=fix)
        value = read_field(video, "expiration_date")
        if (parse_google_date(value) or now) < now:
            message = f"video expired on {format_value(value)}"
            yield Hit(message, severity=Severity.WARNING, index=index, value=value, fix="expired")


def _report_invalid_fields(
    batch: Batch, name: str, is_valid: Callable[[str], bool], what: str
) -> Iterator[Hit]:
    """Yield a hit for each video in which the value of the field is not valid."""
    for index, video in batch.iter_extension_objects("videos"):
        if name in video and not is_valid(value := read_field(video, name)):
            yield Hit(f"video:{name} is {what}: {format_value(value)}", index=index, value=value)


def _is_duration(value: str) -> bool:
    return DIGITS.fullmatch(value) is not None and 1 <= int(value) <= MAX_SECONDS


def _is_count(value: str) -> bool:
    return value.isascii() and value.isdigit()


def _is_rating(value: str) -> bool:
    return DECIMAL.fullmatch(value) is not None and float(value) <= MAX_RATING
