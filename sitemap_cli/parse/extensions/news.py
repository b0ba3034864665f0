"""The news article on a page: publication with name and language, publication_date, title and more.

See https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

from collections.abc import Sequence
from typing import Any

from sitemap_cli.parse.extension import Extension, plain, variants
from sitemap_cli.parse.records import Node


def _read(nodes: Sequence[Node]) -> dict[str, Any] | None:
    return next((plain(node) for node in nodes if node.name == "news:news"), None)


EXTENSION = Extension(
    key="news",
    prefix="news",
    namespace="http://www.google.com/schemas/sitemap-news/0.9",
    namespaces=variants("news"),
    read=_read,
    element="news",
    single=True,
)
