"""Finds the sitemaps that a page names: ``<link rel="sitemap" href="...">``."""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import urljoin

LIMIT = 1024 * 1024

# The standard library's parser needs a tenth of a second for a long page, and much more for a hostile
# one; these read every character once.
TOKEN = re.compile(
    r"(?P<open><!--(?!-?>))|(?P<close>-->)|<(?P<tag>link|base)\s(?P<attributes>[^<>]*)>", re.IGNORECASE
)
ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)


def parse_sitemap_links(chunks: Iterable[bytes], page_url: str) -> list[str]:
    """The absolute addresses of the sitemaps that a page links to, each once, in order."""
    base, hrefs = page_url, []
    for tag, attributes in _tags(_beginning(chunks).decode("utf-8", errors="replace")):
        href = attributes.get("href", "").strip()
        if href and tag == "base" and base == page_url:
            base = _joined(page_url, href)
        elif href and tag == "link" and "sitemap" in attributes.get("rel", "").lower().split():
            hrefs.append(href)
    return list(dict.fromkeys(_joined(base, href) for href in hrefs))


def _beginning(chunks: Iterable[bytes]) -> bytes:
    """As much of the page as we look at."""
    kept = bytearray()
    for chunk in chunks:
        kept += chunk
        if len(kept) >= LIMIT:
            break
    return bytes(kept[:LIMIT])


def _tags(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The link and base tags outside of comments, with their attributes."""
    hidden = False
    for token in TOKEN.finditer(text):
        if token["tag"] is None:
            hidden = token["open"] is not None
        elif not hidden:
            yield token["tag"].lower(), _attributes(token["attributes"])


def _attributes(text: str) -> dict[str, str]:
    """Names in lower case and their values; of two with one name the first counts, as in browsers."""
    pairs = [(name.lower(), unescape(value.strip("\"'"))) for name, value in ATTRIBUTE.findall(text)]
    return dict(reversed(pairs))


def _joined(page: str, href: str) -> str:
    try:
        return urljoin(page, href)
    except ValueError:
        return href
