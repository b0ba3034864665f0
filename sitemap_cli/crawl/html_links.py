"""The sitemaps that a page names: ``<link rel="sitemap" href="...">``."""

from collections.abc import Iterable

from sitemap_cli.crawl.html_tags import iterate_page, join_href, read_beginning

LIMIT = 1024 * 1024
"""Bytes of a page that are read."""


def parse_sitemap_links(chunks: Iterable[bytes], page_url: str) -> list[str]:
    """Return the absolute URLs of the sitemaps that a page links to, in order and without duplicates."""
    base, hrefs = page_url, []
    for tag, attributes in iterate_page(read_beginning(chunks, LIMIT).decode("utf-8", errors="replace")):
        href = attributes.get("href", "").strip()
        if href and tag == "base" and base == page_url:
            base = join_href(page_url, href)
        elif href and tag == "link" and "sitemap" in attributes.get("rel", "").lower().split():
            hrefs.append(href)
    return list(dict.fromkeys(join_href(base, href) for href in hrefs))
