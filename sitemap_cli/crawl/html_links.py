"""The sitemaps that a page names: by ``<link rel="sitemap">``, a ``Link`` header, an anchor or a feed.

A page can also say that another one replaces it, by ``<meta http-equiv="refresh">``, a ``Refresh`` header
or, if it is hardly more than that, a script.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape

from sitemap_cli import urls
from sitemap_cli.crawl.html_tags import decode_html, iterate_page, join_href, read_beginning
from sitemap_cli.crawl.link_headers import iterate_header_links

LIMIT = 1024 * 1024
"""Bytes of a page that are read."""

MAX_GUESSES = 20
"""Anchors and feeds of a page that are requested."""

FEED_TYPES = (
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/xml",
    "text/xml",
)

_ANCHOR = re.compile(
    r"""<a\s[^<>]{0,2000}?\bhref\s*=\s*("[^"<>]{1,2048}"|'[^'<>]{1,2048}'|[^\s"'<>]{1,2048})""", re.IGNORECASE
)
_SITEMAP_NAME = re.compile(r"site[-_]?map")
_SITEMAP_LABEL = re.compile(r"\bsite[- ]?map\b", re.IGNORECASE)
_SITEMAP_ENDS = (".xml", ".xml.gz", ".txt", ".php", ".asp", ".aspx", ".ashx", ".jsp", ".cfm")
_FEED_NAME = re.compile(r"(?:^|/)(?:feed|rss|atom|(?:feed|rss2?|atom|index)\.(?:xml|rss|atom|rdf))/?$")
_COMMENT_FEED = re.compile(r"/comments?/", re.IGNORECASE)
_MAX_LABEL = 200
# A page for people that lists what the site has, and perhaps its sitemaps.
_SITEMAP_PAGE = re.compile(r"/[^/]*site[-_]?map[^/.]*(?:\.html?|\.php|\.aspx?)?/?$")
MAX_SITEMAP_PAGES = 3

# A page that only sends browsers elsewhere is short, and has hardly any links.
_SCRIPT_REDIRECT = re.compile(
    r"""\blocation(?:\.href)?\s{0,9}=\s{0,9}["']([^"'\s]{1,2000})["']"""
    r"""|\blocation\.(?:replace|assign)\(\s{0,9}["']([^"'\s]{1,2000})["']""",
    re.IGNORECASE,
)
_MAX_SCRIPT_PAGE = 10_000
_MAX_SCRIPT_ANCHORS = 3


@dataclass(frozen=True, slots=True)
class PageLinks:
    """The absolute URLs that a page links to, in order and without duplicates.

    ``sitemaps`` are declared as such; ``anchors`` of the same host only look like sitemaps, ``pages`` like
    pages that link to them; ``feeds`` are its feeds, and anchors of the same host that look like feeds.
    ``refresh`` is the page that replaces it, or "".
    """

    sitemaps: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    refresh: str = ""


def parse_page_links(chunks: Iterable[bytes], page_url: str, header: str | None = None) -> PageLinks:
    """Return the links of a page; ``header`` is its Content-Type."""
    text = decode_html(read_beginning(chunks, LIMIT), header)
    base, refresh, sitemaps, feeds = page_url, "", list[str](), list[str]()
    for tag, attributes in iterate_page(text):
        href, kinds = attributes.get("href", "").strip(), attributes.get("rel", "").lower().split()
        if href and tag == "base" and base == page_url:
            base = join_href(page_url, href)
        elif href and tag == "link" and "sitemap" in kinds:
            sitemaps.append(href)
        elif href and tag == "link" and _is_feed(attributes, kinds):
            feeds.append(href)
        elif tag == "meta" and attributes.get("http-equiv", "").strip().lower() == "refresh":
            refresh = refresh or parse_refresh(attributes.get("content", ""))
    anchors = list(_iterate_anchors(text))
    if not refresh and len(text) <= _MAX_SCRIPT_PAGE and len(anchors) <= _MAX_SCRIPT_ANCHORS:
        refresh = _find_script_redirect(text, base)
    looking_like_pages = [href for href, label in anchors if _looks_like_sitemap_page(href, label)]
    looking_like_sitemaps = [href for href, label in anchors if _looks_like_sitemap(href, label)]
    looking_like_feeds = [href for href, _ in anchors if _looks_like_feed(href)]
    return PageLinks(
        _join_all(base, sitemaps),
        _select_own(_join_all(base, looking_like_sitemaps), page_url)[:MAX_GUESSES],
        _select_own(_join_all(base, looking_like_pages), page_url)[:MAX_SITEMAP_PAGES],
        (*_join_all(base, feeds), *_select_own(_join_all(base, looking_like_feeds), page_url))[:MAX_GUESSES],
        join_href(base, refresh) if refresh else "",
    )


def parse_sitemap_headers(headers: Iterable[str], url: str) -> list[str]:
    """Return the URLs of sitemaps that ``Link`` headers name: ``<...>; rel="sitemap"``."""
    return [
        join_href(url, link.href.strip())
        for link in iterate_header_links(headers)
        if "sitemap" in link.relations
    ]


def parse_feed_headers(headers: Iterable[str], url: str) -> list[str]:
    """Return the URLs of feeds that ``Link`` headers name."""
    links = iterate_header_links(headers)
    named = [each for each in links if _is_feed({**each.parameters, "href": each.href}, each.relations)]
    return [join_href(url, each.href.strip()) for each in named][:MAX_GUESSES]


def _is_feed(attributes: Mapping[str, str], relations: Sequence[str]) -> bool:
    """Return whether a link is to a feed: by its relation, its type or, without a type, its name."""
    href = attributes["href"]
    if _COMMENT_FEED.search(href) or "stylesheet" in relations:
        return False
    kind = attributes.get("type", "").partition(";")[0].strip().lower()
    is_feed = kind in FEED_TYPES or (not kind and _looks_like_feed(href))
    return "feed" in relations or ("alternate" in relations and is_feed)


def parse_refresh(value: str) -> str:
    """Return the URL of a ``Refresh`` header, as it is written, or ""."""
    _, *rest = re.split("[;,]", value, maxsplit=1)
    text = "".join(rest).strip()
    name, is_named, value = text.partition("=")
    return (value if is_named and name.strip().lower() == "url" else text).strip("\"' ")


def _looks_like_sitemap(href: str, label: str) -> bool:
    """Return whether a link is to a sitemap by its name, or by its text if it is to a file of that kind."""
    path, _, query = href.lower().partition("#")[0].partition("?")
    if path.endswith(_SITEMAP_ENDS):
        is_named = _SITEMAP_NAME.search(path) or (_SITEMAP_LABEL.search(label) and not path.endswith(".php"))
        if is_named:
            return True
    return "xml" in query and _SITEMAP_NAME.search(query) is not None


def _looks_like_sitemap_page(href: str, label: str) -> bool:
    """Return whether a link is to a page that is named or labelled as a sitemap."""
    path = href.lower().partition("#")[0].partition("?")[0]
    if path.endswith((".xml", ".gz", ".txt")):
        return False
    is_labelled = _SITEMAP_LABEL.fullmatch(label.strip()) is not None
    return is_labelled or _SITEMAP_PAGE.search(f"/{path}") is not None


def _find_script_redirect(text: str, base: str) -> str:
    """Return the URL on the same host to which a script of a page sends browsers, as it is written, or ""."""
    found = _SCRIPT_REDIRECT.search(text)
    url = (found[1] or found[2]) if found else ""
    return url if urls.textual_host(join_href(base, url)) == urls.textual_host(base) else ""


def _looks_like_feed(href: str) -> bool:
    path = href.lower().partition("#")[0].partition("?")[0]
    return _FEED_NAME.search(path[-40:]) is not None and not _COMMENT_FEED.search(path)


def _iterate_anchors(text: str) -> Iterator[tuple[str, str]]:
    """Yield the links of anchors outside of comments, and the beginning of their texts."""
    end = 0
    while end >= 0:
        start = text.find("<!--", end)
        for found in _ANCHOR.finditer(text, end, start if start >= 0 else len(text)):
            rest = text[found.end() : found.end() + _MAX_LABEL].partition(">")[2]
            yield unescape(found[1].strip("\"'")).strip(), rest.partition("<")[0]
        end = text.find("-->", start) if start >= 0 else -1


def _select_own(links: Iterable[str], page_url: str) -> tuple[str, ...]:
    """Return the links to the host of the page."""
    host = urls.textual_host(page_url)
    return tuple(url for url in links if urls.textual_host(url) == host)


def _join_all(base: str, hrefs: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(join_href(base, href) for href in hrefs))
