"""Dates of news articles and videos, as Google reads them.

Google reads fewer forms than W3C Datetime has: a complete date, or one with a time of day and a time zone.
See https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

from typing import NamedTuple

from sitemap_cli.w3c_time import parse_w3c_exactly

DAY_LENGTH = len("2026-11-01")


class DateFault(NamedTuple):
    """What is wrong with a date; ``is_readable`` if the day is known nevertheless."""

    reason: str
    is_readable: bool = False


def explain_date(text: str) -> DateFault | None:
    """Return what is wrong with a date for Google, or None."""
    if parse_w3c_exactly(text) is None:
        return DateFault("is not a W3C date")
    if len(text) < DAY_LENGTH:
        return DateFault("has no day; Google needs a complete date")
    if len(text) > DAY_LENGTH and not (text.endswith("Z") or text[-6] in "+-"):
        return DateFault("has a time but no time zone", is_readable=True)
    return None


def parse_google_date(text: str) -> float | None:
    """Return the seconds since 1970 of a date with a day; None for any other text."""
    return parse_w3c_exactly(text) if len(text) >= DAY_LENGTH else None
