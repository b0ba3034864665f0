"""Recognises the pages by which bot walls and CDNs answer instead of the document.

A false alarm is worse than a miss: it would tell the owner of a site that reads well that it does not.
"""

import re
from collections.abc import Mapping

from sitemap_cli.fetch.bot_walls.signatures import CAPTCHAS, TITLES, UNKNOWN_VENDOR, WALLS
from sitemap_cli.model.values import Fault

# A wall says what it is at once; the longest carry a script or a picture before it.
MAX_SNIFFED = 64 * 1024
# What walls answer with, page and all; 202 is what some say while they look at us. A server error or a
# redirect behind a wall is the site's own.
REFUSING = frozenset({202, 401, 403, 405, 406, 429, 503})
# With these, a header that is on ordinary answers as well is proof enough.
FORBIDDING = frozenset({403, 405, 406})
# These name no wall, whatever their pages contain: nothing there, nothing new.
INNOCENT = frozenset({304, 404, 410})
LIKE_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|title|meta|script|style|iframe|noscript)\b",
    re.IGNORECASE,
)
TITLE = re.compile(rb"<title[^<>]*>([^<]{0,200})")


def is_suspect(status: int, content_type: str | None, beginning: bytes) -> bool:
    """Whether it is worth looking for a wall: an answer that refuses, or a page instead of a document.

    A sitemap is never looked at, whatever it lists. ``beginning`` is enough in a few bytes, and may be
    compressed: then the content type decides.
    """
    if status in INNOCENT:
        return False
    looks = LIKE_HTML.match(beginning) is not None
    return looks or status == 202 or not 200 <= status < 300 or "html" in (content_type or "").lower()


def detect_challenge(status: int, headers: Mapping[str, str], beginning: bytes) -> Fault | None:
    """What is wrong with an answer that is not the server's own; ``beginning`` is decompressed content."""
    vendor = detect_vendor(status, headers, beginning)
    if vendor is None:
        return None
    return Fault(
        "challenge", f"{vendor} answered instead of the server, with a check for browsers or a refusal"
    )


def detect_vendor(status: int, headers: Mapping[str, str], beginning: bytes) -> str | None:
    """Who answered instead of the server; names of headers are found in any case, or in lower case."""
    forbidden = status in FORBIDDING or (status == 429 and "retry-after" not in headers)
    if named := _match_headers(headers, forbidden=forbidden):
        return named
    refused = status in REFUSING
    if not refused and not LIKE_HTML.match(beginning):
        return None
    page = beginning[:MAX_SNIFFED].lower()
    return _match_page(page, refused=refused) or _match_captcha(page)


def _match_headers(headers: Mapping[str, str], *, forbidden: bool) -> str | None:
    for each in WALLS:
        looked_for = each.headers + each.refusing if forbidden else each.headers
        if any(name in headers and value in headers[name].lower() for name, value in looked_for):
            return each.vendor
    return None


def _match_page(page: bytes, *, refused: bool) -> str | None:
    for each in WALLS:
        marks = each.marks + each.signs if refused else each.marks
        if any(all(part in page for part in mark) for mark in marks):
            return each.vendor
    return None


def _match_captcha(page: bytes) -> str | None:
    title = TITLE.search(page)
    says_so = title is not None and any(each in title[1] for each in TITLES)
    return UNKNOWN_VENDOR if says_so and any(each in page for each in CAPTCHAS) else None
