"""What an extension is: one module in ``extensions/`` with an ``EXTENSION`` that is one of these."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sitemap_cli import plugins
from sitemap_cli.parse.records import Node


@dataclass(frozen=True, slots=True)
class Extension:
    """An XML namespace whose elements say more about an entry.

    ``key`` is the key in :attr:`Entry.extensions <sitemap_cli.model.Entry>`; ``prefix`` stands in the
    canonical names of the elements; ``read`` makes plain JSON values of the elements of one entry,
    or None when there is nothing in them. ``single``: an entry may have only one.
    """

    key: str
    prefix: str
    namespaces: frozenset[str]
    read: Callable[[Sequence[Node]], Any]
    single: bool = False


@cache
def extensions() -> Mapping[str, Extension]:
    """All extensions by prefix."""
    found = (module.EXTENSION for module in plugins.modules("sitemap_cli.parse.extensions"))
    return {each.prefix: each for each in found}


def plain(node: Node, repeated: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The children of an element by local name; of several with one name the first, unless ``repeated``."""
    values: dict[str, Any] = {}
    for child in node.children:
        name = child.name.rpartition(":")[2]
        if name in repeated:
            values.setdefault(name, []).append(_value(child))
        else:
            values.setdefault(name, _value(child))
    return values


def _value(node: Node) -> Any:
    """The text of a field; with attributes or children a dictionary of them all."""
    text = (node.text or "").strip()
    pairs = node.attributes
    attributes = {pairs[at]: pairs[at + 1] for at in range(0, len(pairs), 2)}
    if not attributes and not node.children:
        return text
    return {**attributes, **plain(node), **({"text": text} if text else {})}
