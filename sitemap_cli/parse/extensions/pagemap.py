"""Structured data of a page for Google's Programmable Search.

A list of data objects: ``{"type", "id", "attributes": [{"name", "value"}]}``, each key only if it is
there. An attribute's value is its ``value`` or its text. Several PageMaps of a page become one list.
See https://developers.google.com/custom-search/docs/structured_data#pagemaps
"""

from collections.abc import Sequence
from typing import Any

from sitemap_cli.parse.extension import Extension, variants
from sitemap_cli.parse.records import Node

_OBJECT = ("type", "id")


def _read(nodes: Sequence[Node]) -> list[dict[str, Any]] | None:
    maps = (node for node in nodes if node.name == "pagemap:pagemap")
    return [_object(each) for node in maps for each in node.children if _is_object(each)] or None


def _is_object(node: Node) -> bool:
    return node.name == "pagemap:dataobject"


def _object(node: Node) -> dict[str, Any]:
    said = ((name, node.attribute(name)) for name in _OBJECT)
    attributes = [_attribute(each) for each in node.children if each.name == "pagemap:attribute"]
    return {**{name: text.strip() for name, text in said if text is not None}, "attributes": attributes}


def _attribute(node: Node) -> dict[str, str]:
    name, value = node.attribute("name"), node.attribute("value")
    text = (node.text or "").strip() if value is None else value.strip()
    return {"value": text} if name is None else {"name": name.strip(), "value": text}


EXTENSION = Extension(
    key="pagemap",
    prefix="pagemap",
    namespace="http://www.google.com/schemas/sitemap-pagemap/1.0",
    namespaces=variants("pagemap"),
    read=_read,
    element="pagemap",
    repeated=frozenset({"dataobject"}),
)
