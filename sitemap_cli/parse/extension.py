"""What an extension is: one module in ``extensions/`` with an ``EXTENSION`` of this class."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sitemap_cli import plugins
from sitemap_cli.parse.records import Node

UNKNOWN = "\ufffd"

_HINTS = {"image": "sitemap-image", "video": "sitemap-video", "news": "sitemap-news", "xhtml": "xhtml"}
"""The part of the right namespace that misspelled ones still contain, by prefix."""


@dataclass(frozen=True, slots=True)
class Extension:
    """An XML namespace whose elements say more about an entry.

    ``key`` is the key in :attr:`Entry.extensions <sitemap_cli.model.values.Entry>`. ``prefix`` is the
    prefix of the elements' canonical names, and the one that documents use. ``namespace`` is the
    right namespace, ``namespaces`` are all accepted ones. ``read`` makes plain JSON values of the elements
    of one entry, or returns None if there is nothing in them.

    ``element`` is the only element that may be in an entry, unless any other is ignored without a problem.
    ``single``: an entry may have only one of it. ``repeated`` are the fields that may occur more than once.
    ``find_gap`` returns what an element of an entry lacks without which it is left out, or "".
    ``decisive_attributes`` are those whose values ``read`` and ``find_gap`` look at. Of all other texts these
    only test whether they are blank.
    ``other_namespaces`` are namespaces of other search engines that are just as right.
    """

    key: str
    prefix: str
    namespace: str
    namespaces: frozenset[str]
    read: Callable[[Sequence[Node]], Any]
    element: str = ""
    single: bool = False
    repeated: frozenset[str] = frozenset()
    other_namespaces: frozenset[str] = frozenset()
    find_gap: Callable[[Node], str] = lambda _: ""
    decisive_attributes: frozenset[str] = frozenset()


@cache
def get_extensions() -> Mapping[str, Extension]:
    """Return all extensions by prefix."""
    found = (module.EXTENSION for module in plugins.load_modules("sitemap_cli.parse.extensions"))
    return {each.prefix: each for each in found}


def guess_extension(namespace: str) -> Extension | None:
    """Return the extension that a namespace means, or was meant to mean; None if that is not clear."""
    known = get_extensions()
    found = next((each for each in known.values() if namespace in each.namespaces), None)
    hinted = (known[prefix] for prefix, hint in _HINTS.items() if hint in namespace.lower())
    return found or next(hinted, None)


def build_google_namespaces(name: str) -> frozenset[str]:
    """Return the forms in which documents write the namespace of Google's extension of this name."""
    return frozenset(
        f"{scheme}://{host}/schemas/sitemap-{name}{version}{end}"
        for scheme in ("http", "https")
        for host in ("www.google.com", "google.com", "www.sitemaps.org", "sitemaps.org")
        for version in ("/1.1", "/1.0", "/0.9", "")
        for end in ("", "/")
    )


def build_fields(node: Node, repeated: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the children of an element by local name: a list for ``repeated`` ones, else the first."""
    values: dict[str, Any] = {}
    for child in node.children:
        name = child.name.rpartition(":")[2]
        if name in repeated:
            values.setdefault(name, []).append(build_value(child))
        else:
            values.setdefault(name, build_value(child))
    return values


def build_value(node: Node) -> Any:
    """Return the trimmed text of a field, or an object of its attributes, children and text."""
    text = (node.text or "").strip()
    pairs = node.attributes
    attributes = {pairs[at].rpartition("}")[2]: pairs[at + 1] for at in range(0, len(pairs), 2)}
    if not attributes and not node.children:
        return text
    return {**attributes, **build_fields(node), **({"text": text} if text else {})}


def find_emptiness(node: Node) -> str:
    """Return "is empty" for an element without fields; a :attr:`Extension.find_gap`."""
    return "" if node.children or node.attributes else "is empty"


def remove_unreadable_urls(nodes: Sequence[Node]) -> Sequence[Node]:
    """Return the elements without unreadable URLs; the same object if there is nothing to remove."""
    kept = [(_clean_node(node), node) for node in nodes]
    if all(each is node for each, node in kept):
        return nodes
    return [each for each, _ in kept if each is not None]


def _clean_node(node: Node) -> Node | None:
    """Return the element without unreadable URLs; None if it is one itself."""
    if _holds_url(node.name) and UNKNOWN in (node.text or ""):
        return None
    pairs = list(zip(node.attributes[::2], node.attributes[1::2], strict=True))
    readable = [pair for pair in pairs if not (_holds_url(pair[0]) and UNKNOWN in pair[1])]
    children = remove_unreadable_urls(node.children)
    if len(readable) == len(pairs) and children is node.children:
        return node
    return Node(node.name, node.text, [text for pair in readable for text in pair], children)


def _holds_url(name: str) -> bool:
    return name.endswith(("loc", "href", "license", "info"))
