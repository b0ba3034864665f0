"""What a format is: one module in ``formats/`` with a ``FORMAT`` that is one of these."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, Protocol

from sitemap_cli import plugins
from sitemap_cli.model.values import Kind
from sitemap_cli.parse.collector import Harvest, Position
from sitemap_cli.parse.fast.extended_entries import Rich
from sitemap_cli.parse.fast.plain_entries import Quick
from sitemap_cli.parse.records import Names, Record


class Root(NamedTuple):
    """The root element of a document: its namespace or "", its local name, its place, its attributes.

    ``attributes`` alternates names and values, as in a :class:`~sitemap_cli.parse.records.Node`.
    """

    namespace: str
    local: str
    at: Position
    attributes: Sequence[str] = ()


class Sink(Protocol):
    """Takes the records of one XML document.

    A record is an element whose canonical name is in ``records`` and whose parents, the root
    excepted, are all in ``containers``. Everything else outside of records is skipped. ``fields`` are the
    elements of a record that hold nothing but text, ``addresses`` those whose text is an address.
    """

    names: Names
    records: frozenset[str]
    containers: frozenset[str]
    fields: frozenset[str]
    addresses: frozenset[str]
    quick: Quick | None
    """Takes the entries of the fast lane; None for a document that cannot use it."""
    rich: Rich | None
    """Takes those of the fast lane for entries with extensions; None likewise."""

    def record(self, record: Record) -> None:
        """Take one record, complete."""

    def contain(self, name: str, line: int) -> None:
        """Hear of a container."""

    def stray(self, name: str, line: int) -> None:
        """Hear of an element that is neither record nor container.

        A foreign one is told only if it is named like a record, and then as the parser tells it.
        """

    def loose(self, text: str, line: int) -> None:
        """Hear of text outside of records."""


class Body(Protocol):
    """Takes the pieces of one document."""

    def feed(self, piece: bytes) -> None:
        """Take the next piece of UTF-8; never raises for bad input."""

    def close(self) -> None:
        """Learn that there is no more."""


@dataclass(frozen=True, slots=True)
class XmlFormat:
    """A format that its root element gives away.

    ``claims`` is asked with the namespace (or None, when a broken start tag hides it) and the local
    name in lower case.
    """

    kind: Kind
    claims: Callable[[str | None, str], bool]
    open: Callable[[Root, Harvest], Sink]


@dataclass(frozen=True, slots=True)
class TextFormat:
    """A format without markup, which its first text gives away; ``open`` is told the first line's number."""

    kind: Kind
    claims: Callable[[str], bool]
    open: Callable[[Harvest, int], Body]


@cache
def _formats() -> tuple[XmlFormat | TextFormat, ...]:
    return tuple(module.FORMAT for module in plugins.load_modules("sitemap_cli.parse.formats"))


def for_root(namespace: str | None, local: str) -> XmlFormat | None:
    """The format of a document with this root element."""
    each: XmlFormat | TextFormat
    for each in _formats():
        if isinstance(each, XmlFormat) and each.claims(namespace, local.lower()):
            return each
    return None


def for_text(head: str) -> TextFormat | None:
    """The format of a document that begins with this text and has no markup."""
    for each in _formats():
        if isinstance(each, TextFormat) and each.claims(head):
            return each
    return None
