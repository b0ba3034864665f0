"""What a format is: one module in ``formats/`` with a ``FORMAT`` of one of these classes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, Protocol

from sitemap_cli import plugins
from sitemap_cli.model.values import Kind
from sitemap_cli.parse.collector import Collector, Position
from sitemap_cli.parse.fast.extended_entries import TakeExtendedEntries, TakeExtendedEntry
from sitemap_cli.parse.fast.feed_items import UsualItems
from sitemap_cli.parse.fast.plain_entries import TakePlainEntries
from sitemap_cli.parse.records import CanonicalNames, Record


class RootElement(NamedTuple):
    """The root element of a document: its namespace or "", its local name, position and attributes.

    ``attributes`` holds names and values in turn, as in a :class:`~sitemap_cli.parse.records.Node`.
    ``declared`` are the namespaces that it declares.
    """

    namespace: str
    local: str
    at: Position
    attributes: Sequence[str] = ()
    declared: Sequence[str] = ()


class RecordSink(Protocol):
    """Takes the records of one XML document.

    A record is an element whose canonical name is in ``records``, unless it is inside of another one. It
    should be in the root or in a ``container``, but is read in any other element, too. Everything else
    outside of records is skipped. ``fields`` are the elements of a record that contain only text,
    ``url_fields`` those whose text is a URL. ``lone_fields`` are fields that are records of their own where
    they are outside of any other one.
    """

    names: CanonicalNames
    records: frozenset[str]
    containers: frozenset[str]
    fields: frozenset[str]
    url_fields: frozenset[str]
    lone_fields: frozenset[str]
    take_plain_entries: TakePlainEntries | None
    """Takes entries that were read without the XML parser; None if this document has no such entries."""
    take_extended_entry: TakeExtendedEntry | None
    """The same for an entry with extensions."""
    take_extended_entries: TakeExtendedEntries | None
    """The same for many of them."""
    usual_items: UsualItems | None
    """The usual form of the items of a feed, and what takes them; None if this document is no feed."""

    def keeps_field(self, name: str) -> bool:
        """Return whether a field of a record is kept; others are dropped if they are long."""

    def take_record(self, record: Record) -> None:
        """Take one complete record."""

    def enter_container(self, name: str, line: int) -> None:
        """Handle the start of a container."""

    def report_stray_element(self, name: str, line: int) -> None:
        """Handle an element that is neither record nor container, and contains none.

        Foreign elements come only if they have the local name of a record or a feed, and with their expat
        name.
        """

    def report_stray_text(self, text: str, line: int) -> None:
        """Handle text outside of records."""


class DocumentParser(Protocol):
    """Parses the pieces of one document."""

    def feed(self, piece: bytes) -> None:
        """Take the next piece of UTF-8; bad input never raises an exception."""

    def close(self) -> None:
        """Finish the document: there are no more pieces."""


@dataclass(frozen=True, slots=True)
class XmlFormat:
    """A format that is recognized by the root element.

    ``matches`` takes the namespace (None if a broken start tag hides it) and the local name in lower case.
    ``is_certain`` returns whether the root decides the kind; otherwise the sink does.
    """

    kind: Kind
    matches: Callable[[str | None, str], bool]
    open: Callable[[RootElement, Collector], RecordSink]
    is_certain: Callable[[RootElement], bool] = lambda _: True


@dataclass(frozen=True, slots=True)
class TextFormat:
    """A format without markup that is recognized by its first text.

    ``open`` takes the number of the first line.
    """

    kind: Kind
    matches: Callable[[str], bool]
    open: Callable[[Collector, int], DocumentParser]


@cache
def _get_formats() -> tuple[XmlFormat | TextFormat, ...]:
    return tuple(module.FORMAT for module in plugins.load_modules("sitemap_cli.parse.formats"))


def match_root(namespace: str | None, local: str) -> XmlFormat | None:
    """Return the format of a document with this root element."""
    each: XmlFormat | TextFormat
    for each in _get_formats():
        if isinstance(each, XmlFormat) and each.matches(namespace, local.lower()):
            return each
    return None


def match_text(head: str) -> TextFormat | None:
    """Return the format of a document without markup that begins with this text."""
    for each in _get_formats():
        if isinstance(each, TextFormat) and each.matches(head):
            return each
    return None
