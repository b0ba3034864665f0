"""Atom 1.0 and 0.3, read as a list of pages.

See https://www.rfc-editor.org/rfc/rfc4287
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sitemap_cli.model.values import Kind
from sitemap_cli.parse import feeds
from sitemap_cli.parse.collector import Harvest
from sitemap_cli.parse.format import Root, XmlFormat
from sitemap_cli.parse.records import Names, Node, Record
from sitemap_cli.parse.values import loc_urls

if TYPE_CHECKING:
    from sitemap_cli.parse.fast.extended_entries import Rich
    from sitemap_cli.parse.fast.plain_entries import Quick

_NAMESPACES = (
    "http://www.w3.org/2005/Atom",
    "https://www.w3.org/2005/Atom",
    "http://purl.org/atom/ns#",
)
_BASE = "http://www.w3.org/XML/1998/namespace}base"
# https://www.rfc-editor.org/rfc/rfc4287#section-4.2.7.2: a link without rel is one, too.
_PAGE = ("", "alternate", "http://www.iana.org/assignments/relation/alternate")
_HTML = ("", "text/html", "application/xhtml+xml")
_DATES = ("updated", "modified", "published", "issued", "created")
_FIELDS = frozenset({*_DATES, "category", "id", "link", "summary", "title"})


class _Sink:
    """Takes the entries of a feed."""

    __slots__ = (
        "_base",
        "_harvest",
        "addresses",
        "containers",
        "fields",
        "names",
        "quick",
        "records",
        "rich",
    )

    def __init__(self, root: Root, harvest: Harvest) -> None:
        self._harvest = harvest
        self._base = _base(root.attributes)
        self.names = Names(dict.fromkeys((*_NAMESPACES, root.namespace), ""))
        self.records = frozenset({"entry", "generator"})
        self.containers = frozenset({"feed"})
        self.fields = _FIELDS
        self.addresses: frozenset[str] = frozenset()
        self.quick: Quick | None = None
        self.rich: Rich | None = None

    def record(self, record: Record) -> None:
        """Take one entry, or the name of the generator."""
        if record.name == "generator":
            feeds.sign(self._harvest, record)
            return
        date = feeds.text(feeds.first(record, *_DATES))
        feeds.add(self._harvest, record, self._link(record), date)

    def contain(self, name: str, line: int) -> None:
        """A feed inside of a feed is read with it."""

    def stray(self, name: str, line: int) -> None:
        """Titles, authors and the like are no concern of ours."""

    def loose(self, text: str, line: int) -> None:
        """Text of a feed is no concern of ours."""

    def _link(self, record: Record) -> str:
        """The address of the page itself, resolved against every xml:base around it."""
        node = _page(record)
        if node is None:
            return ""
        link = _href(node)
        for base in (_base(node.attributes), _base(record.attributes), self._base):
            link = loc_urls.joined(base, link)
        return link


def _page(record: Record) -> Node | None:
    """The link to the page: of several the one that is HTML, else the first."""
    pages = [node for node in record.children if node.name == "link" and _href(node) and _is_page(node)]
    return next(
        (node for node in pages if _word(node, "type").partition(";")[0].rstrip() in _HTML), None
    ) or (pages[0] if pages else None)


def _is_page(node: Node) -> bool:
    return _word(node, "rel") in _PAGE


def _href(node: Node) -> str:
    return (node.attribute("href") or "").strip()


def _word(node: Node, name: str) -> str:
    return (node.attribute(name) or "").strip().lower()


def _base(attributes: Sequence[str]) -> str:
    pairs = zip(attributes[::2], attributes[1::2], strict=False)
    return next((value.strip() for name, value in pairs if name == _BASE), "")


def _claims(namespace: str | None, local: str) -> bool:
    return local == "feed" and (not namespace or namespace in _NAMESPACES)


FORMAT = XmlFormat(Kind.ATOM, _claims, _Sink)
