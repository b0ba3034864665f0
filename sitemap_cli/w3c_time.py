"""W3C dates as seconds since 1970 in UTC, and back.

See https://www.w3.org/TR/NOTE-datetime
"""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import add, itemgetter
from typing import Any

DAY = 86_400
"""Seconds of a day."""

# [0-9] and not \d, which matches the digits of any script.
_W3C = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)
_FRACTION = re.compile(r"\.([0-9]{1,6})")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_FIRST_DAY = "1970-01-01"
_MAX_LENGTH = 64
_MAX_CACHED = 65_536


def parse_w3c(text: str) -> int | None:
    """Return the whole seconds of a W3C date, or None if the text is not one.

    A missing part counts as its first value, a missing time zone as UTC. Fractions of a second are dropped.
    """
    if 10 < len(text) <= _MAX_LENGTH and text[10] == "T":
        # Days repeat, and so do times of day, but moments seldom do: so both are cached separately.
        day, time = _parse(text[:10]), _parse(_FIRST_DAY + text[10:])
        return None if day is None or time is None else day + time
    return _parse(text) if len(text) <= _MAX_LENGTH else None


@lru_cache(maxsize=_MAX_CACHED)
def parse_w3c_exactly(text: str) -> float | None:
    """Return the seconds of a W3C date with their fraction, down to microseconds, or None.

    24:00, which the W3C note does not allow, is refused here.
    """
    seconds = parse_w3c(text)
    if seconds is None or text[11:13] == "24":
        return None
    fraction = _FRACTION.search(text)
    if fraction is None:
        return float(seconds)
    return (seconds * 1_000_000 + int(fraction[1].ljust(6, "0"))) / 1_000_000


class _CachedSeconds(dict[str, int]):
    """Seconds by text, parsed at the first look-up; raises KeyError for a text that is not a date."""

    __slots__ = ("_prefix",)

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix

    def __missing__(self, text: str) -> int:
        seconds = _parse(self._prefix + text)
        if seconds is None:
            raise KeyError(text)
        if len(self) >= _MAX_CACHED:
            self.clear()
        self[text] = seconds
        return seconds


_get_day: Callable[[Any], str] = itemgetter(slice(10))
_get_time: Callable[[Any], str] = itemgetter(slice(10, None))
_days = _CachedSeconds()
_times = _CachedSeconds(_FIRST_DAY)


def parse_w3c_column(texts: Sequence[str | None]) -> list[int | None] | None:
    """Parse a column of texts as :func:`parse_w3c` does, None for None; return None if one is not a date."""
    try:
        if None in texts:
            return [None if text is None else _days[text[:10]] + _times[text[10:]] for text in texts]
        days = map(_days.__getitem__, map(_get_day, texts))
        return list(map(add, days, map(_times.__getitem__, map(_get_time, texts))))
    except KeyError:
        return None


def to_seconds(day: tuple[int, int, int], time: tuple[int, int, int], offset: int) -> int | None:
    """Return the seconds since 1970 of a day and a time of day, or None if there is no such moment.

    This does not use :class:`~datetime.datetime`, which can hold neither 24:00 nor a moment outside of the
    years 1 to 9999.

    Args:
        day: year, month and day.
        time: hour, minute and second.
        offset: seconds that the time is east of UTC.
    """
    hour, minute, second = time
    if not (time <= (24, 0, 0) and minute < 60 and second < 60):
        return None
    try:
        days = dt.date(*day).toordinal() - _EPOCH.toordinal()
    except ValueError:
        return None
    return days * DAY + hour * 3600 + minute * 60 + second - offset


def format_day(seconds: float) -> str:
    """Format the day of a moment, in UTC; texts of this form sort like their days."""
    return format_minute(seconds)[:10]


def format_minute(seconds: float) -> str:
    """Format a moment to the minute, in UTC and without a time zone; texts of this form sort, too."""
    return (_EPOCH + dt.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M")


def format_w3c(seconds: int) -> str | None:
    """Format a moment to the second, with its time zone; return None beyond the years 1 to 9999."""
    try:
        return (_EPOCH + dt.timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
    except OverflowError:
        return None


@lru_cache(maxsize=_MAX_CACHED)
def _parse(text: str) -> int | None:
    found = _W3C.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    offset = _parse_offset(zone)
    if offset is None:
        return None
    return to_seconds(
        (int(year), int(month or 1), int(day or 1)),
        (int(hour or 0), int(minute or 0), int(second or 0)),
        offset,
    )


def _parse_offset(zone: str | None) -> int | None:
    """Return the seconds east of UTC, or None for an impossible time zone."""
    if zone is None or zone == "Z":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if hours > 23 or minutes > 59:
        return None
    seconds = hours * 3600 + minutes * 60
    return -seconds if zone[0] == "-" else seconds
