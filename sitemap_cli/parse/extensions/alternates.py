"""Other versions of a page, in other languages or for other devices.

See https://developers.google.com/search/docs/specialty/international/localized-versions
"""

from collections.abc import Sequence
from itertools import product

from sitemap_cli.parse.extension import Extension
from sitemap_cli.parse.records import Node
from sitemap_cli.parse.values.quoting import quote_text

_AUDIENCE = ("hreflang", "media", "type")
_KEPT_ATTRIBUTES = (*_AUDIENCE, "href")
_VARIANTS = tuple(product(("http", "https"), ("www.", ""), ("", "/")))


def _read_nodes(nodes: Sequence[Node]) -> list[dict[str, str]] | None:
    links = (_get_attributes(node) for node in nodes if node.name == "xhtml:link")
    return [_build_alternate(link) for link in links if _is_alternate(link)] or None


def _find_gap(node: Node) -> str:
    """Return what the link to another version lacks: its relation, its URL or its audience."""
    link = _get_attributes(node)
    if node.name == "xhtml:link" and (upper := _find_upper_case(link)):
        return f"has attributes in upper case: {', '.join(upper)}"
    if node.name == "xhtml:link" and not link.get("rel", "").strip() and link.get("hreflang", "").strip():
        return f"has no rel; its href is {quote_text(link.get('href', ''))}"
    if node.name != "xhtml:link" or not _is_alternate(link):
        return ""
    if not link.get("href", "").strip():
        return "has no href"
    is_for = any(link.get(name, "").strip() for name in _AUDIENCE)
    return "" if is_for else f"has no hreflang; its href is {quote_text(link['href'])}"


def _is_alternate(link: dict[str, str]) -> bool:
    return "alternate" in link.get("rel", "").lower().split()


def _find_upper_case(link: dict[str, str]) -> list[str]:
    """Return the names of attributes that differ in their case from what they were meant to be."""
    return [name for name in link if name != name.lower() and name.lower() in ("rel", *_KEPT_ATTRIBUTES)]


def _get_attributes(node: Node) -> dict[str, str]:
    return dict(zip(node.attributes[::2], node.attributes[1::2], strict=True))


def _build_alternate(link: dict[str, str]) -> dict[str, str]:
    return {name: link[name].strip() for name in _KEPT_ATTRIBUTES if name in link}


EXTENSION = Extension(
    key="alternates",
    prefix="xhtml",
    namespace="http://www.w3.org/1999/xhtml",
    namespaces=frozenset(
        {
            *(f"{scheme}://{host}w3.org/1999/xhtml{end}" for scheme, host, end in _VARIANTS),
            "http://www.w3.org/TR/xhtml11/xhtml11_schema.html",
        }
    ),
    read=_read_nodes,
    find_gap=_find_gap,
    decisive_attributes=frozenset({"rel"}),
)
