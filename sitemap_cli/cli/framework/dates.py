"""Points in time as users name them: a W3C date, an age such as ``7d``, ``today`` or ``yesterday``."""

import datetime as dt
import re
import time

from sitemap_cli.errors import UsageError
from sitemap_cli.quantities import parse_duration
from sitemap_cli.w3c_time import parse_w3c

DAY = 86_400
DAYS = {"today": 0, "yesterday": 1}
MAX_IDLE = 100 * 365 * DAY
"""The longest time without a job: a century."""
_WITHOUT_UNIT = re.compile(r"\d+(?:\.\d*)?|\.\d+")


def parse_date(option: str, text: str, now: float | None = None) -> int:
    """Return seconds since 1970; days begin at midnight UTC.

    Raises:
        UsageError: the text names no point in time.
    """
    now = time.time() if now is None else now
    if (days := DAYS.get(text.strip().lower())) is not None:
        return int(now // DAY - days) * DAY
    if (seconds := parse_w3c(text)) is not None:
        return seconds
    try:
        # A number without a unit would be a year.
        age = None if text.strip().isdigit() else parse_duration(text)
    except ValueError:
        age = None
    if age is None or age < 0:
        raise UsageError(
            "not a date", where=f"{option} {text}", hint="write it as 2026-11-23, 7d, yesterday or today"
        )
    return int(now - age)


def parse_idle(text: str) -> dt.timedelta:
    """Return the time of ``--idle``: a plain number is in days.

    Raises:
        UsageError: it is not a duration of at most a century.
    """
    try:
        seconds = parse_duration(f"{text.strip()}d" if _WITHOUT_UNIT.fullmatch(text.strip()) else text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= MAX_IDLE:
        raise UsageError("not a duration", where=f"--idle {text}", hint="--idle 7 (days), or 12h, 2w")
    return dt.timedelta(seconds=seconds)
