"""Options that name a job by its id, or by the time at which it was the last one."""

import datetime as dt
import re
from typing import TYPE_CHECKING

from sitemap_cli.cli.framework.dates import DAY, DAYS, parse_date
from sitemap_cli.errors import UsageError

if TYPE_CHECKING:
    from sitemap_cli.services.recording.job_pairs import JobReference

# Ids begin with the milliseconds since 1970, which begin with 0 until the year 2527.
_ID = re.compile(r"0[0-9a-f-]*(?:(?:\.\.|…)[0-9a-f-]*)?|last|latest", re.IGNORECASE)
_MAYBE_ID = re.compile("[0-9a-f]{6,8}|[0-9a-f]{8}-[0-9a-f-]*", re.IGNORECASE)
_PERIOD = re.compile("([0-9]{4})(?:-([0-9]{2})(-[0-9]{2})?)?")


def parse_job_reference(
    option: str, text: str, *, ends_day: bool = True, now: float | None = None
) -> "JobReference":
    """Return the job that a text names: an id, a prefix of one, ``last``, a date or an age.

    Args:
        option: the option with the text, for errors.
        text: what the user wrote.
        ends_day: whether a date without a time is its end: then the jobs of that day are included.
        now: seconds since 1970 to which ages are relative; by default the clock.

    Raises:
        UsageError: the text is neither an id nor a date.
    """
    from sitemap_cli.services.recording.job_pairs import JobReference

    plain = text.strip()
    if _ID.fullmatch(plain):
        return JobReference(option, plain)
    try:
        seconds = parse_date(option, plain, now)
        time = dt.datetime.fromtimestamp(_find_end(plain, seconds) if ends_day else seconds, dt.UTC)
    except (UsageError, OverflowError, ValueError, OSError) as error:
        if _MAYBE_ID.fullmatch(plain):
            return JobReference(option, plain)
        hint = "write the id of a job, last, 2026-11-23, 7d, yesterday or today"
        raise UsageError("neither a job nor a date", where=f"{option} {text}", hint=hint) from error
    return JobReference(option, plain, time)


def _find_end(text: str, seconds: int) -> float:
    """Return the last moment of a day, month or year; another time is returned as it is."""
    if text.lower() in DAYS:
        return seconds + DAY - 1e-3
    period = _PERIOD.fullmatch(text)
    if period is None:
        return seconds
    year, month, day = int(period[1]), int(period[2] or 12), period[3]
    if day is not None:
        return seconds + DAY - 1e-3
    following = dt.datetime(year + month // 12, month % 12 + 1, 1, tzinfo=dt.UTC)
    return following.timestamp() - 1e-3
