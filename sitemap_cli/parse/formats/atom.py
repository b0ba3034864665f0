"""Atom 1.0 and 0.3 feeds, read as lists of pages.

See https://www.rfc-editor.org/rfc/rfc4287
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sitemap_cli.model.values import Kind
from sitemap_cli.parse import feeds
from sitemap_cli.parse.collector import Collector, Position
from sitemap_cli.parse.fast import feed_items
from sitemap_cli.parse.fast.feed_items import UsualItems
from sitemap_cli.parse.format import RootElement, XmlFormat
from sitemap_cli.parse.records import CanonicalNames, Record
from sitemap_cli.parse.strictness import stop_strictly
from sitemap_cli.parse.values.quoting import quote_text

if TYPE_CHECKING:
    from sitemap_cli.parse.fast.extended_entries import TakeExtendedEntries, TakeExtendedEntry
    from sitemap_cli.parse.fast.plain_entries import TakePlainEntries

_NAMESPACES = (
    "http://www.w3.org/2005/Atom",
    "https://www.w3.org/2005/Atom",
    "http://purl.org/atom/ns#",
)
_STRICT_NAMESPACES = ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#")
_EXACT_NAMES = frozenset(f"{each}}}{local}" for each in _STRICT_NAMESPACES for local in ("entry", "link"))
_KNOWN = frozenset(each.lower() for each in _NAMESPACES)
_DATES = ("updated", "modified", "published", "issued", "created")
_FIELDS = frozenset({*_DATES, "category", "id", "link", "summary", "title"})
_OF_FEED = frozenset({*_FIELDS, "author", "icon", "logo", "rights", "subtitle", "tagline"})


class _AtomSink:
    """Takes the entries of a feed."""

    __slots__ = (
        "_collector",
        "containers",
        "fields",
        "lone_fields",
        "names",
        "records",
        "take_extended_entries",
        "take_extended_entry",
        "take_plain_entries",
        "url_fields",
        "usual_items",
    )

    def __init__(self, root: RootElement, collector: Collector) -> None:
        self._collector = collector
        own = dict.fromkeys(("", *_NAMESPACES, root.namespace), "")
        self.names = CanonicalNames({**feeds.PREFIXES, **own}, exact=_EXACT_NAMES)
        self.records = frozenset({"entry", "generator", "item"})
        self.containers = frozenset({"feed"})
        self.fields = _FIELDS
        self.lone_fields = feeds.LONE_FIELDS
        self.url_fields: frozenset[str] = frozenset()
        if root.namespace and root.namespace not in _NAMESPACES:
            message = f"the namespace is {quote_text(root.namespace)}; that of Atom is {_NAMESPACES[0]}"
            collector.report("namespace", message, root.at)
        if root.namespace not in _STRICT_NAMESPACES or root.local != "feed":
            stop_strictly(collector, "namespace", "the root element is not that of Atom", root.at)
        self.take_plain_entries: TakePlainEntries | None = None
        self.take_extended_entry: TakeExtendedEntry | None = None
        self.take_extended_entries: TakeExtendedEntries | None = None
        self.usual_items: UsualItems | None = UsualItems(feed_items.ATOM, self._take_items)

    def keeps_field(self, name: str) -> bool:
        """Return whether this is a link or a date."""
        return name in ("link", "g:link") or name in _DATES

    def take_record(self, record: Record) -> None:
        """Take one entry, or the name of the generator."""
        if record.name == "generator":
            feeds.set_generator(self._collector, record)
            return
        if record.name in self.lone_fields:
            feeds.take_misplaced(record, self._collector)
            return
        if record.name == "item":
            if not self._collector.kind_decided:
                return
            feeds.report_other_kind(record, "entry", self._collector)
        self._decide_kind()
        link = (
            feeds.resolve_link(record, feeds.get_page_link(record, "link"), "href")
            or feeds.resolve_link(record, feeds.get_first_node(record, "g:link"))
            or self._read_text_link(record)
        )
        own = feeds.get_page_link(record, "link")
        feeds.note_leniencies(record, (own,), feeds.Place("entry", 0), self._collector)
        feeds.report_other_pages(record, "link", self._collector)
        date = feeds.get_text(feeds.get_first_node(record, *_DATES))
        feeds.add_page(self._collector, record, link, date)

    def enter_container(self, name: str, line: int) -> None:
        """Ignore the name: a feed inside a feed is read with it."""

    def report_stray_element(self, name: str, line: int) -> None:
        """Decide the kind by titles, authors and so on: another feed may have the same root."""
        if name in _OF_FEED:
            self._decide_kind()
        feeds.report_foreign(name, line, self._collector)

    def report_stray_text(self, text: str, line: int) -> None:
        """Ignore the text: feeds have much that is not about pages."""

    def _read_text_link(self, record: Record) -> str:
        """Return the URL that is the text of a link, as in RSS, or ""."""
        link = feeds.resolve_link(record, feeds.get_first_node(record, "link"))
        if link:
            what = "the URL of a link is its text instead of its href"
            message = f"{what}; it was read anyway: {quote_text(link)}"
            self._collector.report("loc-elsewhere", message, Position(record.line))
        return link

    def _take_items(self, links: Sequence[str], dates: Sequence[str], lines: Sequence[int]) -> None:
        """Take items that were read without the XML parser."""
        self._decide_kind()
        feeds.add_pages(self._collector, links, dates, lines)

    def _decide_kind(self) -> None:
        if not self._collector.kind_decided:
            self._collector.decide_kind(Kind.ATOM)


def _matches(namespace: str | None, local: str) -> bool:
    return local == "feed" and (not namespace or _is_own(namespace))


def _is_certain(root: RootElement) -> bool:
    """Return whether the root has the namespace of Atom; many feeds of products have none."""
    return _is_own(root.namespace)


def _is_own(namespace: str) -> bool:
    """Return whether this is a namespace of Atom, in whichever case, with or without a slash at its end."""
    return namespace.strip().rstrip("/").lower() in _KNOWN


FORMAT = XmlFormat(Kind.ATOM, _matches, _AtomSink, _is_certain)
