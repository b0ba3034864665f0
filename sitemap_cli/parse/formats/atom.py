"""Atom 1.0 and 0.3 feeds, read as lists of pages.

See https://www.rfc-editor.org/rfc/rfc4287
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sitemap_cli.model.values import Kind
from sitemap_cli.parse import feeds
from sitemap_cli.parse.collector import Collector
from sitemap_cli.parse.format import RootElement, XmlFormat
from sitemap_cli.parse.records import CanonicalNames, Node, Record
from sitemap_cli.parse.values import loc_urls

if TYPE_CHECKING:
    from sitemap_cli.parse.fast.extended_entries import TakeExtendedEntry
    from sitemap_cli.parse.fast.plain_entries import TakePlainEntries

_NAMESPACES = (
    "http://www.w3.org/2005/Atom",
    "https://www.w3.org/2005/Atom",
    "http://purl.org/atom/ns#",
)
_BASE = "http://www.w3.org/XML/1998/namespace}base"
# https://www.rfc-editor.org/rfc/rfc4287#section-4.2.7.2: a link without rel is an alternate link, too.
_PAGE_RELATIONS = ("", "alternate", "http://www.iana.org/assignments/relation/alternate")
_HTML_TYPES = ("", "text/html", "application/xhtml+xml")
_DATES = ("updated", "modified", "published", "issued", "created")
_FIELDS = frozenset({*_DATES, "category", "id", "link", "summary", "title"})


class _AtomSink:
    """Takes the entries of a feed."""

    __slots__ = (
        "_base",
        "_collector",
        "containers",
        "fields",
        "names",
        "records",
        "take_extended_entry",
        "take_plain_entries",
        "url_fields",
    )

    def __init__(self, root: RootElement, collector: Collector) -> None:
        self._collector = collector
        self._base = _get_base(root.attributes)
        self.names = CanonicalNames(dict.fromkeys((*_NAMESPACES, root.namespace), ""))
        self.records = frozenset({"entry", "generator"})
        self.containers = frozenset({"feed"})
        self.fields = _FIELDS
        self.url_fields: frozenset[str] = frozenset()
        self.take_plain_entries: TakePlainEntries | None = None
        self.take_extended_entry: TakeExtendedEntry | None = None

    def take_record(self, record: Record) -> None:
        """Take one entry, or the name of the generator."""
        if record.name == "generator":
            feeds.set_generator(self._collector, record)
            return
        date = feeds.get_text(feeds.get_first_node(record, *_DATES))
        feeds.add_page(self._collector, record, self._resolve_link(record), date)

    def enter_container(self, name: str, line: int) -> None:
        """Ignore the name: a feed inside a feed is read with it."""

    def report_stray_element(self, name: str, line: int) -> None:
        """Ignore titles, authors and so on."""

    def report_stray_text(self, text: str, line: int) -> None:
        """Ignore the text: feeds have much that is not about pages."""

    def _resolve_link(self, record: Record) -> str:
        """Return the URL of the page itself, resolved against every xml:base around it."""
        node = _get_page_link(record)
        if node is None:
            return ""
        link = _get_href(node)
        for base in (_get_base(node.attributes), _get_base(record.attributes), self._base):
            link = loc_urls.resolve_url(base, link)
        return link


def _get_page_link(record: Record) -> Node | None:
    """Return the link to the page: the first one to HTML, else the first one."""
    pages = [node for node in record.children if node.name == "link" and _get_href(node) and _is_page(node)]
    return next(
        (node for node in pages if _get_keyword(node, "type").partition(";")[0].rstrip() in _HTML_TYPES), None
    ) or (pages[0] if pages else None)


def _is_page(node: Node) -> bool:
    return _get_keyword(node, "rel") in _PAGE_RELATIONS


def _get_href(node: Node) -> str:
    return (node.get_attribute("href") or "").strip()


def _get_keyword(node: Node, name: str) -> str:
    return (node.get_attribute(name) or "").strip().lower()


def _get_base(attributes: Sequence[str]) -> str:
    pairs = zip(attributes[::2], attributes[1::2], strict=False)
    return next((value.strip() for name, value in pairs if name == _BASE), "")


def _matches(namespace: str | None, local: str) -> bool:
    return local == "feed" and (not namespace or namespace in _NAMESPACES)


FORMAT = XmlFormat(Kind.ATOM, _matches, _AtomSink)
