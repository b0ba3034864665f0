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
    canonical names of the elements, and is what documents customarily call it; ``namespace`` is the right
    one, ``namespaces`` all that count. ``read`` makes plain JSON values of the elements of one entry, or
    None when there is nothing in them.

    ``element`` is the one element that may stand in an entry, if anything else there is worth a word.
    ``single``: an entry may have only one. ``repeated`` are the fields that may occur more than once.
    """

    key: str
    prefix: str
    namespace: str
    namespaces: frozenset[str]
    read: Callable[[Sequence[Node]], Any]
    element: str = ""
    single: bool = False
    repeated: frozenset[str] = frozenset()


@cache
def extensions() -> Mapping[str, Extension]:
    """All extensions by prefix."""
    found = (module.EXTENSION for module in plugins.modules("sitemap_cli.parse.extensions"))
    return {each.prefix: each for each in found}


def variants(name: str) -> frozenset[str]:
    """The ways in which documents write the namespace of the extension of Google's that has this name."""
    return frozenset(
        f"{scheme}://{host}/schemas/sitemap-{name}{version}{end}"
        for scheme in ("http", "https")
        for host in ("www.google.com", "google.com", "www.sitemaps.org", "sitemaps.org")
        for version in ("/1.1", "/1.0", "/0.9", "")
        for end in ("", "/")
    )


def plain(node: Node, repeated: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The children of an element by local name; of several with one name the first, unless ``repeated``."""
    values: dict[str, Any] = {}
    for child in node.children:
        name = child.name.rpartition(":")[2]
        if name in repeated:
            values.setdefault(name, []).append(value(child))
        else:
            values.setdefault(name, value(child))
    return values


def value(node: Node) -> Any:
    """The trimmed text of a field; with attributes or children a dictionary of them all."""
    text = (node.text or "").strip()
    pairs = node.attributes
    attributes = {pairs[at].rpartition("}")[2]: pairs[at + 1] for at in range(0, len(pairs), 2)}
    if not attributes and not node.children:
        return text
    return {**attributes, **plain(node), **({"text": text} if text else {})}
