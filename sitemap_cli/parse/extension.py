"""What an extension is: one module in ``extensions/`` with an ``EXTENSION`` that is one of these."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sitemap_cli import plugins
from sitemap_cli.parse.records import Node

UNKNOWN = "\ufffd"

_HINTS = {"image": "sitemap-image", "video": "sitemap-video", "news": "sitemap-news", "xhtml": "xhtml"}
"""What a namespace that is written wrongly still has of the right one, by the customary prefix."""


@dataclass(frozen=True, slots=True)
class Extension:
    """An XML namespace whose elements say more about an entry.

    ``key`` is the key in :attr:`Entry.extensions <sitemap_cli.model.values.Entry>`; ``prefix`` stands in the
    canonical names of the elements, and is what documents customarily call it; ``namespace`` is the right
    one, ``namespaces`` all that count. ``read`` makes plain JSON values of the elements of one entry, or
    None when there is nothing in them.

    ``element`` is the one element that may stand in an entry, if anything else there is worth a word.
    ``single``: an entry may have only one. ``repeated`` are the fields that may occur more than once.
    ``others`` are namespaces of somebody else that are as right.
    """

    key: str
    prefix: str
    namespace: str
    namespaces: frozenset[str]
    read: Callable[[Sequence[Node]], Any]
    element: str = ""
    single: bool = False
    repeated: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()


@cache
def extensions() -> Mapping[str, Extension]:
    """All extensions by prefix."""
    found = (module.EXTENSION for module in plugins.load_modules("sitemap_cli.parse.extensions"))
    return {each.prefix: each for each in found}


def meant_by(namespace: str) -> Extension | None:
    """The extension that a namespace stands for, or was meant to; None if nobody can tell."""
    known = extensions()
    found = next((each for each in known.values() if namespace in each.namespaces), None)
    hinted = (known[prefix] for prefix, hint in _HINTS.items() if hint in namespace.lower())
    return found or next(hinted, None)


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


def sound(node: Node) -> Node | None:
    """The element without addresses in which a character is unknown; None if it is one itself.

    The element itself, the very object, if there is nothing wrong with it.
    """
    if _is_address(node.name) and UNKNOWN in (node.text or ""):
        return None
    pairs = list(zip(node.attributes[::2], node.attributes[1::2], strict=True))
    good = [pair for pair in pairs if not (_is_address(pair[0]) and UNKNOWN in pair[1])]
    children = all_sound(node.children)
    if len(good) == len(pairs) and children is node.children:
        return node
    return Node(node.name, node.text, [text for pair in good for text in pair], children)


def all_sound(nodes: Sequence[Node]) -> Sequence[Node]:
    """The same for several; the very sequence if there is nothing wrong."""
    kept = [(sound(node), node) for node in nodes]
    if all(each is node for each, node in kept):
        return nodes
    return [each for each, _ in kept if each is not None]


def _is_address(name: str) -> bool:
    return name.endswith(("loc", "href", "license", "info"))
