"""The further pages of a feed: ``<link rel="next" href="...">`` of RFC 5005."""

import re

from sitemap_cli.crawl.fetched_sitemap import FetchedSitemap
from sitemap_cli.crawl.html_tags import join_href, parse_attributes, read_beginning
from sitemap_cli.model.values import DiscoveredBy, Kind

MAX_PAGES = 50
"""Pages that are read of a feed: a paged feed can have no end."""

LIMIT = 64 * 1024
"""Bytes of a feed that are searched; the links of the feed stand before its first entry."""

_LINK = re.compile(rb"<(?:[A-Za-z0-9_]{1,20}:)?link\b([^<>]{0,4096}+)>")
_ENTRY = re.compile(rb"<(?:entry|item)[\s>]")


def find_next_page(feed: FetchedSitemap) -> str | None:
    """Return the URL of the next page of a feed that a page links to; None if it is the last one."""
    if feed.kind not in (Kind.RSS, Kind.ATOM) or feed.discovered.discovered_by is not DiscoveredBy.HTML:
        return None
    if feed.response.body is None or feed.discovered.page + 1 >= MAX_PAGES:
        return None
    head = read_beginning(feed.response.body.read_chunks(), LIMIT)
    first = _ENTRY.search(head)
    for found in _LINK.finditer(head, 0, first.start() if first else len(head)):
        attributes = parse_attributes(found[1].decode("utf-8", errors="replace"))
        if attributes.get("rel", "").lower() == "next" and (href := attributes.get("href", "").strip()):
            return join_href(feed.response.final_url, href)
    return None
