"""How values look outside the database."""

import datetime as dt
from functools import lru_cache


@lru_cache(maxsize=65_536)
def utc(seconds: int | None) -> str | None:
    """Seconds since 1970 as an ISO 8601 time in UTC; None for none, and for a year that has no name."""
    if seconds is None:
        return None
    try:
        moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
    except OverflowError:
        return None
    return moment.isoformat().replace("+00:00", "Z")
