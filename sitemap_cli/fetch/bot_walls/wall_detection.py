"""Detection of the pages that bot walls and CDNs send instead of the document.

A false alarm is worse than a miss: it would report to a site owner that a working site is blocked.
"""

import re
from collections.abc import Mapping

from sitemap_cli.fetch.bot_walls.signatures import CAPTCHAS, TITLES, UNKNOWN_VENDOR, WALLS
from sitemap_cli.model.values import Fault

# Bytes. Block pages identify themselves early; the longest have a script or an image before.
MAX_SNIFFED = 64 * 1024
# Status codes of block pages; 202 is used by some during the check. A server error or redirect behind a wall
# comes from the site itself.
REFUSING = frozenset({202, 401, 403, 405, 406, 429, 503})
# With these, a header that also occurs in ordinary responses is sufficient.
FORBIDDING = frozenset({403, 405, 406})
# Never a wall, whatever the page contains: not modified, not found, gone.
INNOCENT = frozenset({304, 404, 410})
LIKE_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head|body|title|meta|script|style|iframe|noscript)\b",
    re.IGNORECASE,
)
TITLE = re.compile(rb"<title[^<>]*>([^<]{0,200})")


def is_suspect(status: int, content_type: str | None, beginning: bytes) -> bool:
    """Return whether to search for a wall: the status code refuses access, or a page replaces the document.

    Sitemaps are never searched, whatever they list. A few bytes of ``beginning`` are enough. They may be
    compressed; then the content type decides.
    """
    if status in INNOCENT:
        return False
    looks = LIKE_HTML.match(beginning) is not None
    return looks or status == 202 or not 200 <= status < 300 or "html" in (content_type or "").lower()


def detect_challenge(status: int, headers: Mapping[str, str], beginning: bytes) -> Fault | None:
    """Return the fault of a response that is not the server's own; ``beginning`` is decompressed content."""
    vendor = detect_vendor(status, headers, beginning)
    if vendor is None:
        return None
    return Fault(
        "challenge", f"{vendor} responded instead of the server, with a browser check or a block page"
    )


def detect_vendor(status: int, headers: Mapping[str, str], beginning: bytes) -> str | None:
    """Return who responded instead of the server, if anyone.

    ``headers`` must find names in any case, or have them in lower case.
    """
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
