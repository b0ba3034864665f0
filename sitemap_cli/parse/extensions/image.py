"""Images of a page.

See https://developers.google.com/search/docs/crawling-indexing/sitemaps/image-sitemaps
"""

from collections.abc import Sequence
from typing import Any

from sitemap_cli.parse.extension import Extension, plain
from sitemap_cli.parse.records import Node


def _read(nodes: Sequence[Node]) -> list[dict[str, Any]] | None:
    return [plain(node) for node in nodes if node.name == "image:image"] or None


EXTENSION = Extension(
    key="images",
    prefix="image",
    namespaces=frozenset(
        f"{scheme}://www.google.com/schemas/sitemap-image/{version}"
        for scheme in ("http", "https")
        for version in ("1.1", "1.0")
    ),
    read=_read,
)
