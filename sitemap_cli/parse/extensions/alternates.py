"""Other versions of a page, in other languages or for other devices.

See https://developers.google.com/search/docs/specialty/international/localized-versions
"""

from collections.abc import Sequence
from itertools import product

from sitemap_cli.parse.extension import Extension
from sitemap_cli.parse.records import Node

_KEPT = ("hreflang", "media", "type", "href")
_WRITTEN = tuple(product(("http", "https"), ("www.", ""), ("", "/")))


def _read(nodes: Sequence[Node]) -> list[dict[str, str]] | None:
    return [_link(node) for node in nodes if _is_alternate(node)] or None


def _is_alternate(node: Node) -> bool:
    return node.name == "xhtml:link" and "alternate" in (node.attribute("rel") or "").lower().split()


def _link(node: Node) -> dict[str, str]:
    values = ((name, node.attribute(name)) for name in _KEPT)
    return {name: value.strip() for name, value in values if value is not None}


EXTENSION = Extension(
    key="alternates",
    prefix="xhtml",
    namespace="http://www.w3.org/1999/xhtml",
    namespaces=frozenset(
        {
            *(f"{scheme}://{host}w3.org/1999/xhtml{end}" for scheme, host, end in _WRITTEN),
            "http://www.w3.org/TR/xhtml11/xhtml11_schema.html",
        }
    ),
    read=_read,
)
