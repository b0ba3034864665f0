"""Times: relative on a terminal, absolute and in UTC elsewhere."""

import datetime as dt
from dataclasses import dataclass

MINUTE, HOUR, DAY = 60, 3_600, 86_400
MOST_DAYS = 14
"""Days after which a date says more than their number."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How times are written: relative to ``now``, or absolute if that is None."""

    now: dt.datetime | None = None

    def format(self, time: str | None) -> str:
        """Format a time of a result, as ``3 h ago`` or ``2026-11-01 09:30``; empty for None."""
        if not time or self.now is None:
            return format_short_time(time)
        then = dt.datetime.fromisoformat(time)
        then = then if then.tzinfo else then.replace(tzinfo=dt.UTC)
        seconds = (self.now - then).total_seconds()
        span = _format_span(abs(seconds))
        if span is None:
            return f"{then.astimezone(dt.UTC):%Y-%m-%d}"
        if not span:
            return "just now" if seconds >= 0 else "in a moment"
        return f"{span} ago" if seconds >= 0 else f"in {span}"

    def format_alone(self, time: str | None) -> str:
        """Format a time outside of a table: an absolute one names its zone."""
        text = self.format(time)
        return f"{text} UTC" if text and self.now is None else text

    def name_column(self, heading: str) -> str:
        """Return the heading of a column of times, with the zone of absolute ones."""
        return f"{heading} (UTC)" if self.now is None else heading


ABSOLUTE = Clock()


def format_short_time(time: str | None) -> str:
    """Format a time of a result to the minute, as ``2026-11-01 09:30``; empty for None."""
    return (time or "")[: len("2026-11-01T09:30")].replace("T", " ")


def _format_span(seconds: float) -> str | None:
    """Return a duration in its largest unit; empty below a minute, None for one that a date says better."""
    if seconds < MINUTE:
        return ""
    if seconds < HOUR:
        return f"{seconds // MINUTE:.0f} min"
    if seconds < DAY:
        return f"{seconds // HOUR:.0f} h"
    days = int(seconds // DAY)
    if days > MOST_DAYS:
        return None
    return "1 day" if days == 1 else f"{days} days"
