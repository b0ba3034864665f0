"""The further pages of a feed: ``<link rel="next" href="...">`` of RFC 5005, or such a ``Link`` header."""

import re
from collections.abc import Iterator

from sitemap_cli.crawl.crawl_report import CrawlReport
from sitemap_cli.crawl.fetched_sitemap import DiscoveredUrl, FetchedSitemap
from sitemap_cli.crawl.html_tags import decode_html, join_href, parse_attributes, read_beginning
from sitemap_cli.crawl.http_cache import CachedDocument
from sitemap_cli.crawl.link_headers import iterate_header_links
from sitemap_cli.redaction import redact_url

MAX_PAGES = 50
"""Pages that are read of a feed: a paged feed can have no end."""

LIMIT = 1024 * 1024
"""Bytes of a feed that are searched."""

_NEXT = frozenset({"next", "prev-archive"})
_PART = re.compile(
    r"(?P<comment><!--)|(?P<cdata><!\[CDATA\[)|<(?P<entry>entry|item)[\s>]"
    r"|<(?:[A-Za-z0-9_]{1,20}:)?(?P<tag>link|feed|rss|rdf|channel)\b(?P<attributes>[^<>]{0,4096}+)>",
    re.IGNORECASE,
)


def may_have_next_page(discovered: DiscoveredUrl, cached: CachedDocument) -> bool:
    """Return whether a cached document may be a page of a feed that is not the last one.

    The URL of the next page is only in its body, and so is whether there is one too many.
    """
    is_last = cached.is_last_page and discovered.page + 1 < MAX_PAGES
    return cached.kind.is_feed and not is_last


def find_next_page(feed: FetchedSitemap, report: CrawlReport) -> DiscoveredUrl | None:
    """Return the next page of a feed, however that was found; None if it is the last one, or one too many."""
    url = _find_next_url(feed)
    if url is not None and feed.discovered.page + 1 >= MAX_PAGES:
        report.add_limit("feed-pages", f"only the first {MAX_PAGES} pages of a feed are read")
        return None
    return None if url is None else feed.discovered.build_next(redact_url(url))


def _find_next_url(feed: FetchedSitemap) -> str | None:
    response = feed.response
    if response.body is None or feed.kind is None or not feed.kind.is_feed:
        return None
    text = decode_html(read_beginning(response.body.read_chunks(), LIMIT), response.content_type)
    base = response.final_url
    for tag, attributes in _iterate_feed_tags(text):
        if tag != "link":
            base = join_href(base, attributes.get("xml:base", ""))
        elif (
            _NEXT.intersection(attributes.get("rel", "").lower().split())
            and attributes.get("href", "").strip()
        ):
            return join_href(base, attributes["href"].strip())
    links = iterate_header_links(response.links)
    return next(
        (join_href(response.final_url, each.href) for each in links if "next" in each.relations), None
    )


def _iterate_feed_tags(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the links of a feed, and the elements around them, but nothing of its entries."""
    at = 0
    while found := _PART.search(text, at):
        at = found.end()
        if found["tag"] is not None:
            yield found["tag"].lower(), parse_attributes(found["attributes"])
            continue
        end = "-->" if found["comment"] else "]]>" if found["cdata"] else f"</{found['entry']}"
        at = text.find(end, at)
        if at < 0:
            return
