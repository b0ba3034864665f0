"""Writes times as people and machines read them, quickly where there are millions."""

import datetime as dt
from functools import lru_cache

_DAY = 24 * 60 * 60
_EPOCH = dt.date(1970, 1, 1)


def format_utc(seconds: int | None) -> str | None:
    """Seconds since 1970 as an ISO 8601 time in UTC; None for none, and for a year that has no name."""
    if seconds is None:
        return None
    days, rest = divmod(seconds, _DAY)
    day = _format_day(days)
    return None if day is None else day + _format_time(rest)


# Documents name few days and all times of the day, so the two are remembered apart.
@lru_cache(maxsize=16_384)
def _format_day(days: int) -> str | None:
    try:
        return (_EPOCH + dt.timedelta(days=days)).isoformat()
    except OverflowError:
        return None


@lru_cache(maxsize=_DAY)
def _format_time(seconds: int) -> str:
    minutes, second = divmod(seconds, 60)
    return f"T{minutes // 60:02}:{minutes % 60:02}:{second:02}Z"
