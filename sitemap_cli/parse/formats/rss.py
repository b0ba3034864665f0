"""RSS 0.9x, 1.0 and 2.0 feeds, read as lists of pages.

The page of an item is its link, else its Atom link to a page, else its link in a feed of products for Google,
else its guid if that is a permalink, else what an empty link has as href, else the name that RDF gives the
item. Other URLs of an item (enclosures, media, comments, the feed itself) are not pages.
See https://www.rssboard.org/rss-specification and https://web.resource.org/rss/1.0/spec
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sitemap_cli.model.values import Kind
from sitemap_cli.parse import feeds
from sitemap_cli.parse.collector import Collector, Position
from sitemap_cli.parse.fast import feed_items
from sitemap_cli.parse.fast.feed_items import UsualItems
from sitemap_cli.parse.format import RootElement, XmlFormat
from sitemap_cli.parse.protocol import FEED_NAMESPACES
from sitemap_cli.parse.records import CanonicalNames, InexactName, Node, Record
from sitemap_cli.parse.strictness import stop_strictly
from sitemap_cli.parse.values.quoting import quote_text
from sitemap_cli.urls import are_equivalent

if TYPE_CHECKING:
    from sitemap_cli.parse.fast.extended_entries import TakeExtendedEntries, TakeExtendedEntry
    from sitemap_cli.parse.fast.plain_entries import TakePlainEntries

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_ABOUT = f"{_RDF}}}about"
_USERLAND = "http://backend.userland.com/rss2"
_RSS_NAMESPACES = (
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://channel.netscape.com/rdf/simple/0.9/",
    _USERLAND,
)
_NAMES = ("channel", "item", "link")
_NAMES_IN_RSS = frozenset({*_NAMES, *(f"{_USERLAND}}}{local}" for local in _NAMES)})
_NAMES_IN_RDF = frozenset(f"{namespace}}}{local}" for namespace in _RSS_NAMESPACES for local in _NAMES)
_PREFIXES = {
    "": "",
    **dict.fromkeys(_RSS_NAMESPACES, ""),
    FEED_NAMESPACES["dc"]: "dc:",
    FEED_NAMESPACES["atom"]: "atom:",
    **feeds.PREFIXES,
}
_FIELDS = frozenset(
    {
        "author",
        "category",
        "comments",
        "description",
        "enclosure",
        "guid",
        "link",
        "pubdate",
        "source",
        "title",
    }
)
_DATES = ("pubdate", "dc:date", "atom:updated")
_KEPT = frozenset({*_DATES, "link", "guid", "atom:link", "g:link"})
_ENTRIES = frozenset({"entry", "atom:entry"})


class _RssSink:
    """Takes the items of a channel."""

    __slots__ = (
        "_collector",
        "_place",
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
        is_rdf = (root.namespace, root.local) == (_RDF, "RDF")
        exact = _NAMES_IN_RDF if is_rdf else _NAMES_IN_RSS
        self.names = CanonicalNames({**_PREFIXES, root.namespace: ""}, exact=exact)
        self._place = feeds.Place("item", 0 if is_rdf else 1)
        if not is_rdf and (root.local != "rss" or root.namespace not in ("", _USERLAND)):
            stop_strictly(collector, "namespace", "the root element is not that of RSS", root.at)
        self.records = frozenset({"item", "generator", *_ENTRIES})
        self.containers = frozenset({"channel", "rss", "rdf"})
        self.fields = _FIELDS
        self.lone_fields = feeds.LONE_FIELDS
        self.url_fields = frozenset({"link", "guid"})
        self.take_plain_entries: TakePlainEntries | None = None
        self.take_extended_entry: TakeExtendedEntry | None = None
        self.take_extended_entries: TakeExtendedEntries | None = None
        self.usual_items: UsualItems | None = UsualItems(feed_items.RSS, self._take_items)

    def keeps_field(self, name: str) -> bool:
        """Return whether this is a link or a date."""
        return name in _KEPT

    def take_record(self, record: Record) -> None:
        """Take one item, or the name of the generator."""
        if record.name == "generator":
            feeds.set_generator(self._collector, record)
            return
        if record.name in self.lone_fields:
            feeds.take_misplaced(record, self._collector)
            return
        if record.name in _ENTRIES:
            feeds.report_other_kind(record, "item", self._collector)
        self._decide_kind()
        if record.nested_line:
            message = "item inside item was left out with its link"
            self._collector.report("stray-tag", message, Position(record.nested_line))
        link = (
            feeds.resolve_link(record, feeds.get_first_node(record, "link"))
            or feeds.resolve_link(record, feeds.get_page_link(record, "atom:link"), "href")
            or feeds.resolve_link(record, feeds.get_first_node(record, "g:link"))
            or _read_permalink(record)
            or feeds.resolve_link(record, feeds.get_page_link(record, "link"), "href")
            or _read_about(record)
        )
        feeds.note_leniencies(record, _list_strict_sources(record), self._place, self._collector)
        self._report_other_links(record, link)
        date = feeds.get_text(feeds.get_first_node(record, *_DATES))
        feeds.add_page(self._collector, record, link, date)

    def _report_other_links(self, record: Record, link: str) -> None:
        """Report links of an item to other pages than its own."""
        for node in record.children:
            other = feeds.resolve_link(record, node) if node.name == "link" and feeds.get_text(node) else link
            if not are_equivalent(other, link):
                message = f"another link in an item was left out: {quote_text(other)}"
                at = Position(node.line or record.line)
                self._collector.report("duplicate-tag", message, at, loses_content=True)

    def enter_container(self, name: str, line: int) -> None:
        """Decide the kind: a root named RDF may belong to anything, a channel only to a feed."""
        if isinstance(name, InexactName):
            message = "the channel has another name or namespace"
            stop_strictly(self._collector, "tag-case", message, Position(line))
        if name == "channel":
            self._decide_kind()

    def report_stray_element(self, name: str, line: int) -> None:
        """Ignore titles, images and so on, but no items of another namespace."""
        feeds.report_foreign(name, line, self._collector)

    def report_stray_text(self, text: str, line: int) -> None:
        """Ignore the text: feeds have much that is not about pages."""

    def _take_items(self, links: Sequence[str], dates: Sequence[str], lines: Sequence[int]) -> None:
        """Take items that were read without the XML parser."""
        self._decide_kind()
        feeds.add_pages(self._collector, links, dates, lines)

    def _decide_kind(self) -> None:
        if not self._collector.kind_decided:
            self._collector.decide_kind(Kind.RSS)


def _list_strict_sources(record: Record) -> Sequence[Node | None]:
    """Return the elements that RSS, or Atom in RSS, defines for the URL of an item."""
    guid = feeds.get_first_node(record, "guid") if _read_permalink(record) else None
    return feeds.get_first_node(record, "link"), feeds.get_page_link(record, "atom:link"), guid


def _read_permalink(record: Record) -> str:
    """Return the guid, or "" if it is marked as not being a URL, or obviously is not one."""
    guid = feeds.get_first_node(record, "guid")
    if guid is None:
        return ""
    is_permalink = guid.get_attribute("isPermaLink") or guid.get_attribute("isPermalink") or "true"
    text = feeds.get_text(guid)
    return text if _is_absolute(text) and is_permalink.strip().lower() == "true" else ""


def _read_about(record: Record) -> str:
    """Return the URL that RDF gives an item, which should be that of its link, or ""."""
    pairs = zip(record.attributes[::2], record.attributes[1::2], strict=False)
    about = next((value.strip() for name, value in pairs if name == _ABOUT), "")
    return about if _is_absolute(about) else ""


def _is_absolute(text: str) -> bool:
    return text[:8].lower().startswith(("http://", "https://"))


def _matches(namespace: str | None, local: str) -> bool:
    return local == "rss" or (local == "rdf" and namespace in (_RDF, None))


def _is_certain(root: RootElement) -> bool:
    """Return whether the root is that of a feed; RDF is used for much else."""
    return root.local.lower() == "rss" or any(each in _RSS_NAMESPACES for each in root.declared)


FORMAT = XmlFormat(Kind.RSS, _matches, _RssSink, _is_certain)
