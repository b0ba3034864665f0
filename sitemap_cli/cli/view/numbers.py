"""Sizes, counts and durations as people read them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import UNSET, UnsetType

if TYPE_CHECKING:
    from sitemap_cli.model.results import JobTotals


def format_size(count: int) -> str:
    """Format a number of bytes with a unit and at most four digits, as ``1.5 MB``."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:,.0f} {unit}" if unit == "B" else f"{value:,.1f} {unit}"
        value /= 1000
    return f"{value:,.1f} TB"


def format_count(count: int, noun: str) -> str:
    """Format a number of things, as ``1 sitemap`` or ``1,200 sitemaps``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def format_urls(count: int, scope: str | UnsetType = UNSET, all_urls: int | UnsetType = UNSET) -> str:
    """Format a number of URLs with the total if they are a part of a site: ``5 of 90 URLs below /docs/``."""
    if isinstance(scope, UnsetType) or isinstance(all_urls, UnsetType):
        return format_count(count, "URL")
    return f"{count:,} of {format_count(all_urls, 'URL')} below {scope}"


def format_duration(seconds: float) -> str:
    """Format a duration in its two largest units: ``2 h 05 min``, ``3 min 20 s``, ``12 s``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def format_changes(new_urls: int | None, removed_urls: int | None) -> Iterator[str]:
    """Yield ``3 new`` and, if URLs were removed, ``1 removed``; nothing if there is no previous job."""
    if new_urls is not None:
        yield f"{new_urls:,} new"
    if removed_urls:
        yield f"{removed_urls:,} removed"


def format_total_changes(totals: "JobTotals") -> Iterator[str]:
    """Yield the same and, if entries changed, ``40 changed since 2026-11-28``."""
    yield from format_changes(totals.new_urls, totals.removed_urls)
    if totals.changed_urls and totals.changed_since:
        yield f"{totals.changed_urls:,} changed since {totals.changed_since[: len('2026-11-28')]}"
