"""Bytes and counts as people read them."""

from collections.abc import Iterator, Mapping


def format_size(count: int) -> str:
    """A number of bytes with a unit of at most four figures, as ``1.5 MB``."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:,.0f} {unit}" if unit == "B" else f"{value:,.1f} {unit}"
        value /= 1000
    return f"{value:,.1f} TB"


def format_count(count: int, noun: str) -> str:
    """A number of things, as ``1 sitemap`` or ``1,200 sitemaps``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def format_duration(seconds: float) -> str:
    """A time in the two largest units that it has: ``2 h 05 min``, ``3 min 20 s``, ``12 s``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def format_changes(totals: Mapping[str, int]) -> Iterator[str]:
    """What came and went, as ``3 new`` and, if there are any, ``1 removed``."""
    yield f"{totals['new_urls']:,} new"
    if totals["removed_urls"]:
        yield f"{totals['removed_urls']:,} removed"
