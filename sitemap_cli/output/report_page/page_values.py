"""Numbers, sizes, times and long values as the page shows them."""

import datetime as dt

NOTHING = "\N{EN DASH}"
MAX_SHOWN = 96
"""Characters of a value that are shown at once; the whole value is one click away."""
MAX_WHOLE = 120_000
"""Characters of a value that the page has at all."""


def format_number(value: float | None) -> str:
    """Format a number with groups of digits; a dash for None."""
    return NOTHING if value is None else f"{value:,}"


def format_signed(value: int | None) -> str:
    """Format a change with its sign; a dash for None."""
    return NOTHING if value is None else f"{value:+,}".replace("-", "\N{MINUS SIGN}") if value else "0"


def format_share(share: float) -> str:
    """Format a share as a percentage, which is 0 % or 100 % only if it is exactly that."""
    if share in (0, 1):
        return f"{share:.0%}"
    if share < 0.001:
        return "<0.1%"
    if share > 0.999:
        return ">99.9%"
    return f"{share:.1%}" if share < 0.1 or share > 0.99 else f"{share:.0%}"


def format_bytes(count: int) -> str:
    """Format a number of bytes with a unit."""
    value = float(count)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:,.0f} {unit}" if unit == "B" else f"{value:,.1f} {unit}"
        value /= 1000
    return f"{value:,.1f} GB"


def format_milliseconds(count: int | None) -> str:
    """Format a duration in its largest units."""
    if count is None:
        return NOTHING
    if count < 1000:
        return f"{count} ms"
    if count < 60_000:
        return f"{count / 1000:,.1f} s"
    minutes, seconds = divmod(round(count / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes} min" if hours else f"{minutes} min {seconds} s"


def format_time(time: str | None) -> str:
    """Format a time of a result for people, as ``29 November 2026, 20:28 UTC``."""
    parsed = _parse_time(time)
    return f"{parsed.day} {parsed:%B %Y, %H:%M} UTC" if parsed else (time or NOTHING)


def format_day(time: str | None) -> str:
    """Format the day and the time of day, as ``2026-11-29 20:28``."""
    return time[: len("2026-11-29T20:28")].replace("T", " ") if time else NOTHING


def count_noun(count: int, noun: str, plural: str | None = None) -> str:
    """Format a number of things, as ``1 sitemap`` or ``1,200 sitemaps``."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def shorten(text: str, most: int = MAX_SHOWN) -> str:
    """Return the text with its middle left out if it is longer than allowed."""
    if len(text) <= most:
        return text
    head = most * 2 // 3
    return f"{text[:head]}…{text[head + 1 - most :]}"


def limit_whole(text: str) -> str:
    """Return the text up to the length that a page can show."""
    if len(text) <= MAX_WHOLE:
        return text
    return f"{text[:MAX_WHOLE]}… ({len(text) - MAX_WHOLE:,} more characters)"


def _parse_time(time: str | None) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(time) if time else None
    except ValueError:
        return None
