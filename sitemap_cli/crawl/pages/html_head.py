"""What the head of a page says: its title, robots directives, canonical URL and language versions.

Only the head counts, as for search engines: anyone may have written what is in the body.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import unescape

from sitemap_cli import redaction
from sitemap_cli.crawl.html_links import parse_refresh
from sitemap_cli.crawl.html_tags import decode_html, iterate_head, join_href, read_beginning
from sitemap_cli.urls import canonical_url

LIMIT = 256 * 1024
"""Bytes of a page that are read."""
MAX_TEXT = 2_000
MAX_LINKS = 200
"""Links of one kind that are kept."""

MAX_DELAY = 10
"""Seconds. A page that is shown for longer is one to read, such as a ticker that loads the next one."""

PlacedLink = tuple[int, dict[str, str]]
"""The position of a link in the text, and its attributes."""

_DELAY = re.compile(r"\s*(\d{1,6}(?:\.\d{0,3})?)\s*[;,]")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Link:
    """An absolute URL that a page links to; ``by`` is ``link`` or ``header``."""

    href: str
    by: str


@dataclass(frozen=True, slots=True)
class HtmlHead:
    """The contents of a head.

    ``robots`` are directives for crawlers, each with the name of its ``<meta>`` (``robots`` means all
    crawlers). ``alternates`` maps languages to URLs. ``refresh`` is the page that a ``<meta>`` makes browsers
    load instead, if it is another one. ``positions`` are where in the text the title, the refresh, each of
    ``robots``, the first link of each canonical URL and of each language are.
    """

    title: str | None = None
    robots: tuple[tuple[str, str], ...] = ()
    canonicals: tuple[Link, ...] = ()
    alternates: dict[str, str] = field(default_factory=dict)
    refresh: str | None = None
    positions: Mapping[str, int] = field(default_factory=dict, compare=False)


def parse_head(text: str, url: str) -> HtmlHead:
    """Parse the head of a page that was served at ``url``."""
    title, robots, links, base = None, list[tuple[str, str]](), list[PlacedLink](), url
    refresh, positions = "", dict[str, int]()
    for at, (tag, attributes) in iterate_head(text):
        if tag == "title" and title is None:
            positions["title"] = at
            title = sanitize_text(" ".join(unescape(attributes["text"]).split()))
        elif tag == "base" and base == url and attributes.get("href", "").strip():
            base = resolve_href(url, attributes["href"])
        elif tag == "meta" and attributes.get("name") and attributes.get("content"):
            positions[f"robots {len(robots)}"] = at
            robots.append((attributes["name"].strip().lower(), attributes["content"]))
        elif tag == "meta" and not refresh and _is_refresh(attributes):
            positions["refresh"] = at
            refresh = attributes.get("content", "")
        elif tag == "link" and attributes.get("href", "").strip():
            links.append((at, attributes))
    canonicals, alternates = _collect_links(links, base, positions)
    target = find_refresh(refresh, url, base)
    return HtmlHead(title or None, tuple(robots), canonicals, alternates, target, positions)


def find_refresh(value: str, url: str, base: str | None = None) -> str | None:
    """Return the page that a ``Refresh`` leads to soon; None if it reloads the same one, or waits long.

    Args:
        value: the content of ``<meta http-equiv="refresh">``, or the ``Refresh`` header.
        url: the URL of the page.
        base: what the target is relative to; the page by default.
    """
    delay, target = _DELAY.match(value), parse_refresh(value)
    if delay is None or not target or float(delay[1]) > MAX_DELAY:
        return None
    found = resolve_href(base or url, target)
    return None if canonical_url(found) == canonical_url(url) else found


def decode_page(chunks: Iterable[bytes], header: str | None) -> str:
    """Return the beginning of a page as text, decoded as the Content-Type header or the page itself says."""
    return decode_html(read_beginning(chunks, LIMIT), header)


def resolve_href(base: str, href: str) -> str:
    """Return the absolute URL of a link, sanitized."""
    return sanitize_text(join_href(base, href.strip()))


def sanitize_text(text: str) -> str:
    """Return text of a site as it may be stored: cut, without control characters and passwords."""
    return redaction.redact_text(_UNSAFE.sub("", text[:MAX_TEXT]))


def _is_refresh(attributes: Mapping[str, str]) -> bool:
    return attributes.get("http-equiv", "").strip().lower() == "refresh"


def _collect_links(
    links: Iterable[PlacedLink], base: str, positions: dict[str, int]
) -> tuple[tuple[Link, ...], dict[str, str]]:
    """Return the canonical URLs and the alternates by language, and add where the first of each is."""
    canonicals, alternates = dict[str, Link](), dict[str, str]()
    for at, attributes in links:
        kinds, href = attributes.get("rel", "").lower().split(), resolve_href(base, attributes["href"])
        language = sanitize_text(attributes.get("hreflang", "").strip())
        if "canonical" in kinds and len(canonicals) < MAX_LINKS:
            positions.setdefault(f"canonical {href}", at)
            canonicals.setdefault(href, Link(href, "link"))
        elif "alternate" in kinds and language and len(alternates) < MAX_LINKS:
            positions.setdefault(f"alternate {language}", at)
            alternates.setdefault(language, href)
    return tuple(canonicals.values()), alternates
