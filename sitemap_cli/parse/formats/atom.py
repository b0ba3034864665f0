"""Atom 1.0 and 0.3, read as a list of pages.

See https://www.rfc-editor.org/rfc/rfc4287
"""

from typing import TYPE_CHECKING

from sitemap_cli.model import Kind
from sitemap_cli.parse import feeds
from sitemap_cli.parse.format import Root, XmlFormat
from sitemap_cli.parse.harvest import Harvest
from sitemap_cli.parse.records import Names, Record

if TYPE_CHECKING:
    from sitemap_cli.parse.lane import Quick

_NAMESPACES = ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#")


class _Sink:
    """Takes the entries of a feed."""

    __slots__ = ("_harvest", "containers", "names", "quick", "records")

    def __init__(self, root: Root, harvest: Harvest) -> None:
        self._harvest = harvest
        self.names = Names(dict.fromkeys((*_NAMESPACES, root.namespace), ""))
        self.records = frozenset({"entry", "generator"})
        self.containers: frozenset[str] = frozenset()
        self.quick: Quick | None = None

    def record(self, record: Record) -> None:
        """Take one entry, or the name of the generator."""
        if record.name == "generator":
            feeds.sign(self._harvest, record)
        else:
            feeds.add(
                self._harvest, record, _link(record), feeds.text(feeds.first(record, "updated", "modified"))
            )

    def stray(self, name: str, line: int) -> None:
        """Titles, authors and the like are no concern of ours."""


def _link(record: Record) -> str:
    """The address of the page itself: a link without rel is an alternate (RFC 4287, 4.2.7.2)."""
    links = (node for node in record.children if node.name == "link")
    pages = (
        node.attribute("href") for node in links if (node.attribute("rel") or "alternate") == "alternate"
    )
    return next((href for href in pages if href), "")


def _claims(namespace: str | None, local: str) -> bool:
    return local == "feed" and (not namespace or namespace in _NAMESPACES)


FORMAT = XmlFormat(Kind.ATOM, _claims, _Sink)
