"""The sitemaps that a page names: by ``<link rel="sitemap">``, a ``Link`` header, an anchor or a feed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape

from sitemap_cli import urls
from sitemap_cli.crawl.html_tags import decode_html, iterate_page, join_href, read_beginning
from sitemap_cli.crawl.link_headers import iterate_header_links

LIMIT = 1024 * 1024
"""Bytes of a page that are read."""

MAX_GUESSES = 20
"""Anchors and feeds of a page that are requested."""

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")

_ANCHOR = re.compile(
    r"""<a\s[^<>]{0,2000}?\bhref\s*=\s*("[^"<>]{1,2048}"|'[^'<>]{1,2048}'|[^\s"'<>]{1,2048})""", re.IGNORECASE
)
_SITEMAP_NAME = re.compile(r"sitemap[^/?#]*\.(?:xml|xml\.gz|txt|php)(?:[?#]|$)", re.IGNORECASE)
_COMMENT_FEED = re.compile(r"/comments?/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageLinks:
    """The absolute URLs that a page links to, in order and without duplicates.

    ``sitemaps`` are declared as such; ``anchors`` of the same host only look like sitemaps; ``feeds`` are its
    feeds.
    """

    sitemaps: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()


def parse_page_links(chunks: Iterable[bytes], page_url: str, header: str | None = None) -> PageLinks:
    """Return the links of a page; ``header`` is its Content-Type."""
    text = decode_html(read_beginning(chunks, LIMIT), header)
    base, sitemaps, feeds = page_url, list[str](), list[str]()
    for tag, attributes in iterate_page(text):
        href, kinds = attributes.get("href", "").strip(), attributes.get("rel", "").lower().split()
        if href and tag == "base" and base == page_url:
            base = join_href(page_url, href)
        elif href and tag == "link" and "sitemap" in kinds:
            sitemaps.append(href)
        elif href and tag == "link" and "alternate" in kinds and _is_feed(attributes):
            feeds.append(href)
    anchors = [href for href in _iterate_anchors(text) if _SITEMAP_NAME.search(href)]
    host = urls.textual_host(page_url)
    own = [url for url in _join_all(base, anchors) if urls.textual_host(url) == host]
    return PageLinks(
        _join_all(base, sitemaps), tuple(own[:MAX_GUESSES]), _join_all(base, feeds)[:MAX_GUESSES]
    )


def parse_sitemap_headers(headers: Iterable[str], url: str) -> list[str]:
    """Return the URLs of sitemaps that ``Link`` headers name: ``<...>; rel="sitemap"``."""
    return [
        join_href(url, link.href.strip())
        for link in iterate_header_links(headers)
        if "sitemap" in link.relations
    ]


def _is_feed(attributes: dict[str, str]) -> bool:
    is_of_comments = _COMMENT_FEED.search(attributes.get("href", ""))
    return attributes.get("type", "").lower().strip() in FEED_TYPES and not is_of_comments


def _iterate_anchors(text: str) -> Iterator[str]:
    """Yield the links of anchors outside of comments."""
    end = 0
    while end >= 0:
        start = text.find("<!--", end)
        for found in _ANCHOR.finditer(text, end, start if start >= 0 else len(text)):
            yield unescape(found[1].strip("\"'")).strip()
        end = text.find("-->", start) if start >= 0 else -1


def _join_all(base: str, hrefs: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(join_href(base, href) for href in hrefs))
