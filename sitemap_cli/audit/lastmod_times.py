"""Moments that lastmods name, for the few that a rule has to look at."""

import datetime as dt
import re
from functools import lru_cache

DAY = 86_400
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

# https://www.w3.org/TR/NOTE-datetime
_W3C = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})"
    r"(?:T([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)[0-9]*(Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)


@lru_cache(maxsize=65_536)
def moment(text: str) -> float | None:
    """The moment in seconds since 1970 that a W3C date names, its first one and in UTC if it leaves room."""
    found = _W3C.fullmatch(text)
    if found is None:
        return None
    year, month, day, time, zone = found.groups()
    try:
        iso = f"{year}-{month or '01'}-{day or '01'}T{time or '00:00'}{(zone or 'Z').replace('Z', '+00:00')}"
        return dt.datetime.fromisoformat(iso).timestamp()
    except (ValueError, OverflowError):
        return None


def day_of(seconds: float) -> str:
    """The day of a moment, in UTC, as lastmods write it: texts of this form sort as their days do."""
    return minute_of(seconds)[:10]


def minute_of(seconds: float) -> str:
    """The minute of a moment, likewise."""
    return (EPOCH + dt.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M")


def written(seconds: int) -> str | None:
    """A moment as lastmods write it, with its zone; None beyond the years that there are."""
    try:
        return (EPOCH + dt.timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
    except OverflowError:
        return None
