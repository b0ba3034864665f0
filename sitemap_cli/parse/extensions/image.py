"""Images of a page, each with the fields it has: loc, caption, geo_location, title, license.

The values are the texts as written; URLs among them may be relative or invalid.
See https://developers.google.com/search/docs/crawling-indexing/sitemaps/image-sitemaps
"""

from collections.abc import Sequence
from typing import Any

from sitemap_cli.parse.extension import Extension, build_fields, build_google_namespaces
from sitemap_cli.parse.records import Node
from sitemap_cli.parse.values.quoting import quote_text


def _read_nodes(nodes: Sequence[Node]) -> list[dict[str, Any]] | None:
    return [build_fields(node) for node in nodes if node.name == "image:image"] or None


def _find_gap(node: Node) -> str:
    has_loc = any(child.name == "image:loc" and (child.text or "").strip() for child in node.children)
    if has_loc:
        return ""
    found = next(filter(None, ((each.text or "").strip() for each in (node, *node.children))), "")
    return f"has no image:loc; it has {quote_text(found)}" if "://" in found else "has no image:loc"


EXTENSION = Extension(
    key="images",
    prefix="image",
    namespace="http://www.google.com/schemas/sitemap-image/1.1",
    namespaces=build_google_namespaces("image"),
    read=_read_nodes,
    element="image",
    find_gap=_find_gap,
)
