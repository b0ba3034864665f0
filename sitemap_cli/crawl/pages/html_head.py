"""What the head of a page says: its title, robots directives, canonical URL and language versions.

Only the head counts, as for search engines: anyone may have written what is in the body.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape

from sitemap_cli import redaction
from sitemap_cli.crawl.html_tags import decode_html, iterate_head, join_href, read_beginning

LIMIT = 256 * 1024
"""Bytes of a page that are read."""
MAX_TEXT = 2_000
MAX_LINKS = 200
"""Links of one kind that are kept."""

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
    crawlers). ``alternates`` maps languages to URLs.
    """

    title: str | None = None
    robots: tuple[tuple[str, str], ...] = ()
    canonicals: tuple[Link, ...] = ()
    alternates: dict[str, str] = field(default_factory=dict)


def parse_head(text: str, url: str) -> HtmlHead:
    """Parse the head of a page that was served at ``url``."""
    title, robots, links, base = None, list[tuple[str, str]](), list[dict[str, str]](), url
    for tag, attributes in iterate_head(text):
        if tag == "title" and title is None:
            title = sanitize_text(" ".join(unescape(attributes["text"]).split()))
        elif tag == "base" and base == url and attributes.get("href", "").strip():
            base = resolve_href(url, attributes["href"])
        elif tag == "meta" and attributes.get("name") and attributes.get("content"):
            robots.append((attributes["name"].strip().lower(), attributes["content"]))
        elif tag == "link" and attributes.get("href", "").strip():
            links.append(attributes)
    canonicals, alternates = _collect_links(links, base)
    return HtmlHead(title or None, tuple(robots), canonicals, alternates)


def decode_page(chunks: Iterable[bytes], header: str | None) -> str:
    """Return the beginning of a page as text, decoded as the Content-Type header or the page itself says."""
    return decode_html(read_beginning(chunks, LIMIT), header)


def resolve_href(base: str, href: str) -> str:
    """Return the absolute URL of a link, sanitized."""
    return sanitize_text(join_href(base, href.strip()))


def sanitize_text(text: str) -> str:
    """Return text of a site as it may be stored: cut, without control characters and passwords."""
    return redaction.redact_text(_UNSAFE.sub("", text[:MAX_TEXT]))


def _collect_links(links: Iterable[dict[str, str]], base: str) -> tuple[tuple[Link, ...], dict[str, str]]:
    canonicals, alternates = dict[str, Link](), dict[str, str]()
    for attributes in links:
        kinds, href = attributes.get("rel", "").lower().split(), resolve_href(base, attributes["href"])
        language = sanitize_text(attributes.get("hreflang", "").strip())
        if "canonical" in kinds and len(canonicals) < MAX_LINKS:
            canonicals.setdefault(href, Link(href, "link"))
        elif "alternate" in kinds and language and len(alternates) < MAX_LINKS:
            alternates.setdefault(language, href)
    return tuple(canonicals.values()), alternates
