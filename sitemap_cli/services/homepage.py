"""Finds the sitemaps that a page names: ``<link rel="sitemap" href="...">``."""

from collections.abc import Iterable
from html.parser import HTMLParser
from urllib.parse import urljoin

LIMIT = 1024 * 1024


class _Links(HTMLParser):
    """Collects the addresses of sitemap links; rel is a list of words, in any case."""

    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one start tag."""
        values = dict(attrs)
        href = (values.get("href") or "").strip()
        if tag == "link" and href and "sitemap" in (values.get("rel") or "").lower().split():
            self.hrefs.append(href)


def sitemap_links(chunks: Iterable[bytes], page: str) -> list[str]:
    """The absolute addresses of the sitemaps that a page links to, each once, in order."""
    parser = _Links()
    seen = 0
    for chunk in chunks:
        parser.feed(chunk.decode("utf-8", errors="replace"))
        seen += len(chunk)
        if seen >= LIMIT:
            break
    return list(dict.fromkeys(_joined(page, href) for href in parser.hrefs))


def _joined(page: str, href: str) -> str:
    try:
        return urljoin(page, href)
    except ValueError:
        return href
