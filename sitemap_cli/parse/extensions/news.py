"""The news article on a page.

See https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

from collections.abc import Sequence
from typing import Any

from sitemap_cli.parse.extension import Extension, plain
from sitemap_cli.parse.records import Node


def _read(nodes: Sequence[Node]) -> dict[str, Any] | None:
    return next((plain(node) for node in nodes if node.name == "news:news"), None)


EXTENSION = Extension(
    key="news",
    prefix="news",
    namespaces=frozenset(
        f"{scheme}://www.google.com/schemas/sitemap-news/0.9" for scheme in ("http", "https")
    ),
    read=_read,
    single=True,
)
