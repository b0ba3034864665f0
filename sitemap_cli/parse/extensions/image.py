"""Images of a page, each with the fields it has: loc, caption, geo_location, title, license.

The values are texts as they stand, also addresses, which may be relative or none at all.
See https://developers.google.com/search/docs/crawling-indexing/sitemaps/image-sitemaps
"""

from collections.abc import Sequence
from typing import Any

from sitemap_cli.parse.extension import Extension, plain, variants
from sitemap_cli.parse.records import Node


def _read(nodes: Sequence[Node]) -> list[dict[str, Any]] | None:
    return [plain(node) for node in nodes if node.name == "image:image"] or None


EXTENSION = Extension(
    key="images",
    prefix="image",
    namespace="http://www.google.com/schemas/sitemap-image/1.1",
    namespaces=variants("image"),
    read=_read,
    element="image",
)
