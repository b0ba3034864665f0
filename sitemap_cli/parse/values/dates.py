"""Dates of sitemaps and feeds, as whole seconds since 1970 in UTC."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from email.utils import parsedate_tz
from functools import lru_cache
from operator import add, itemgetter
from typing import Any

# https://www.w3.org/TR/NOTE-datetime; [0-9] and not \d, which takes any script's digits.
_W3C = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)
# https://www.rfc-editor.org/rfc/rfc822#section-5; parsedate_tz alone takes unknown zones for UTC.
_RFC822 = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?[0-9]{1,2}\s+[A-Za-z]{3,9}\s+(?:[0-9]{2}|[0-9]{4})\s+"
    r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s*(?:UTC?|GMT|Z|[AECMP][SD]T|[+-][0-9]{4}))?"
)
_EPOCH = date(1970, 1, 1).toordinal()
_FIRST_DAY = "1970-01-01"
_LONGEST = 64


def w3c(text: str) -> int | None:
    """The moment a W3C date names (a missing part is the first, a missing zone UTC), or None."""
    if 10 < len(text) <= _LONGEST and text[10] == "T":
        # Moments seldom repeat, days and times of day do: apart, both are found in the cache.
        day, time = _w3c(text[:10]), _w3c(_FIRST_DAY + text[10:])
        return None if day is None or time is None else day + time
    return _w3c(text) if len(text) <= _LONGEST else None


class _Moments(dict[str, int]):
    """Moments by text, found out at the first meeting; what is no date is not remembered."""

    __slots__ = ("_before",)

    def __init__(self, before: str = "") -> None:
        self._before = before

    def __missing__(self, text: str) -> int:
        moment = _w3c(self._before + text)
        if moment is None:
            raise KeyError(text)
        if len(self) >= _MOST:
            self.clear()
        self[text] = moment
        return moment


_MOST = 65_536
_day: Callable[[Any], str] = itemgetter(slice(10))
_time: Callable[[Any], str] = itemgetter(slice(10, None))
_days = _Moments()
_times = _Moments(_FIRST_DAY)


def w3c_all(texts: Sequence[str | None]) -> list[int | None] | None:
    """What :func:`w3c` says of each, None for none; nothing at all if one of them is no W3C date."""
    try:
        if None in texts:
            return [None if text is None else _days[text[:10]] + _times[text[10:]] for text in texts]
        return list(
            map(add, map(_days.__getitem__, map(_day, texts)), map(_times.__getitem__, map(_time, texts)))
        )
    except KeyError:
        return None


def rfc822(text: str) -> int | None:
    """The moment an RFC 822 or RFC 2822 date names (a missing zone is UTC), or None."""
    return _rfc822(text) if len(text) <= _LONGEST else None


@lru_cache(maxsize=65_536)
def _w3c(text: str) -> int | None:
    found = _W3C.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    return _moment(
        (int(year), int(month or 1), int(day or 1)),
        (int(hour or 0), int(minute or 0), int(second or 0)),
        _offset(zone),
    )


@lru_cache(maxsize=8_192)
def _rfc822(text: str) -> int | None:
    parts = parsedate_tz(text) if _RFC822.fullmatch(text) else None
    if parts is None:
        return None
    year, month, day, hour, minute, second, _, _, _, zone = parts
    return _moment((year, month, day), (hour, minute, second), zone or 0)


def _offset(zone: str | None) -> int | None:
    """Seconds east of UTC, or None for an impossible zone."""
    if zone is None or zone == "Z":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if hours > 23 or minutes > 59:
        return None
    seconds = hours * 3600 + minutes * 60
    return -seconds if zone[0] == "-" else seconds


def _moment(day: tuple[int, int, int], time: tuple[int, int, int], offset: int | None) -> int | None:
    """Whole numbers instead of datetime, which cannot hold 24:00 nor leave the years 1 to 9999."""
    hour, minute, second = time
    if offset is None or not (time <= (24, 0, 0) and minute < 60 and second < 60):
        return None
    try:
        days = date(*day).toordinal() - _EPOCH
    except ValueError:
        return None
    return days * 86_400 + hour * 3600 + minute * 60 + second - offset
