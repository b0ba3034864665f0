"""Structured data of a page for Google's Programmable Search.

A list of data objects: ``{"type", "id", "attributes": [{"name", "value"}]}``, each key only if
present. An attribute's value is its ``value`` or its text. Several PageMaps of a page become one list.
See https://developers.google.com/custom-search/docs/structured_data#pagemaps
"""

from collections.abc import Sequence
from typing import Any

from sitemap_cli.parse.extension import Extension, build_google_namespaces
from sitemap_cli.parse.records import Node

_OBJECT_KEYS = ("type", "id")


def _read_nodes(nodes: Sequence[Node]) -> list[dict[str, Any]] | None:
    maps = (node for node in nodes if node.name == "pagemap:pagemap")
    return [_build_object(each) for node in maps for each in node.children if _is_object(each)] or None


def _is_object(node: Node) -> bool:
    return node.name == "pagemap:dataobject"


def _build_object(node: Node) -> dict[str, Any]:
    given = ((name, node.get_attribute(name)) for name in _OBJECT_KEYS)
    attributes = [_build_attribute(each) for each in node.children if each.name == "pagemap:attribute"]
    return {**{name: text.strip() for name, text in given if text is not None}, "attributes": attributes}


def _build_attribute(node: Node) -> dict[str, str]:
    name, value = node.get_attribute("name"), node.get_attribute("value")
    text = (node.text or "").strip() if value is None else value.strip()
    return {"value": text} if name is None else {"name": name.strip(), "value": text}


EXTENSION = Extension(
    key="pagemap",
    prefix="pagemap",
    namespace="http://www.google.com/schemas/sitemap-pagemap/1.0",
    namespaces=build_google_namespaces("pagemap"),
    read=_read_nodes,
    element="pagemap",
    repeated=frozenset({"dataobject"}),
)
