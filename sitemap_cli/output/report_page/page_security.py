"""What keeps a page from running anything but its own script: hashes, a policy, and safe links."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlsplit

from sitemap_cli.output.escaping import escape_text

MAX_LINK = 2_000
"""Length of the longest URL that becomes a link; longer ones are text."""

ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Crect width='16' height='16' rx='4' fill='%23{colour}'/%3E"
    "%3Cpath d='M4 4.5h8M6 8h6M8 11.5h4' stroke='white' stroke-width='1.7' stroke-linecap='round'/%3E"
    "%3C/svg%3E"
)
"""The icon of the page. Without one a browser would request /favicon.ico where the page is hosted."""

_IN_SCRIPT = re.compile("[<>&\u2028\u2029]")
# Characters that no URL has as such; in a link they could end it, or show another target.
_NOT_IN_LINK = re.compile(r"[\s\"'<>\\^`{|}]")


def hash_source(text: str) -> str:
    """Return the source expression that allows one inline script or style.

    https://www.w3.org/TR/CSP3/#grammardef-hash-source
    """
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def format_policy(styles: Iterable[str], scripts: Iterable[str]) -> str:
    """Return a policy under which a page uses these inline styles and scripts, and requests nothing."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {' '.join(map(hash_source, scripts))}",
            f"style-src {' '.join(map(hash_source, styles))}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def encode_data(value: Any) -> str:
    """Return JSON that can stand in a script element: nothing in it ends the element.

    https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
    """
    text = json.dumps(value, separators=(",", ":"))
    return _IN_SCRIPT.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def find_link(url: str | None) -> str | None:
    """Return a URL as the target of a link; None if it is not an http(s) URL of a usual length."""
    if url is None or len(url) > MAX_LINK:
        return None
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            return None
        return _NOT_IN_LINK.sub(_quote_match, _quote_harmful(url))
    except ValueError:
        # Of urlsplit, and of lone surrogates, which have no UTF-8.
        return None


def _quote_harmful(url: str) -> str:
    if url.isascii() and url.isprintable():
        return url
    return "".join(each if escape_text(each) == each else quote(each, safe="") for each in url)


def _quote_match(match: re.Match[str]) -> str:
    return quote(match[0], safe="")
