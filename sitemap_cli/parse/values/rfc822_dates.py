"""Dates of RSS feeds."""

import re
from email.utils import parsedate_tz
from functools import lru_cache

from sitemap_cli.w3c_time import to_seconds

# https://www.rfc-editor.org/rfc/rfc822#section-5; parsedate_tz alone takes unknown time zones for UTC.
_RFC822 = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?[0-9]{1,2}\s+[A-Za-z]{3,9}\s+(?:[0-9]{2}|[0-9]{4})\s+"
    r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s*(?:UTC?|GMT|Z|[AECMP][SD]T|[+-][0-9]{4}))?"
)
_MAX_LENGTH = 64


def parse_rfc822(text: str) -> int | None:
    """Return the seconds since 1970 of an RFC 822 or RFC 2822 date, or None if the text is not one.

    A missing time zone counts as UTC.
    """
    return _parse(text) if len(text) <= _MAX_LENGTH else None


@lru_cache(maxsize=8_192)
def _parse(text: str) -> int | None:
    parts = parsedate_tz(text) if _RFC822.fullmatch(text) else None
    if parts is None:
        return None
    year, month, day, hour, minute, second, _, _, _, zone = parts
    return to_seconds((year, month, day), (hour, minute, second), zone or 0)
