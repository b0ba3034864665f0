"""The news article on a page: publication with name and language, publication_date, title and more.

See https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

from collections.abc import Sequence
from typing import Any

from sitemap_cli.parse.extension import Extension, build_fields, build_google_namespaces, find_emptiness
from sitemap_cli.parse.records import Node


def _read_nodes(nodes: Sequence[Node]) -> dict[str, Any] | None:
    return next((build_fields(node) for node in nodes if node.name == "news:news"), None)


EXTENSION = Extension(
    key="news",
    prefix="news",
    namespace="http://www.google.com/schemas/sitemap-news/0.9",
    namespaces=build_google_namespaces("news"),
    read=_read_nodes,
    find_gap=find_emptiness,
    element="news",
    single=True,
)
