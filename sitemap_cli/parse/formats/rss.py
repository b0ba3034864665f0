"""RSS 0.9x, 1.0 and 2.0, read as a list of pages.

An item's page is its link, else its guid if that is a permalink. What else an item names (enclosures,
media, comments, the feed itself) is no page.
See https://www.rssboard.org/rss-specification and https://web.resource.org/rss/1.0/spec
"""

from typing import TYPE_CHECKING

from sitemap_cli.model.values import Kind
from sitemap_cli.parse import feeds
from sitemap_cli.parse.collector import Harvest
from sitemap_cli.parse.format import Root, XmlFormat
from sitemap_cli.parse.records import Names, Record

if TYPE_CHECKING:
    from sitemap_cli.parse.fast.extended_entries import Rich
    from sitemap_cli.parse.fast.plain_entries import Quick

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_PREFIXES = {
    "": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss2": "",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://www.w3.org/2005/Atom": "atom:",
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


class _Sink:
    """Takes the items of a channel."""

    __slots__ = ("_harvest", "addresses", "containers", "fields", "names", "quick", "records", "rich")

    def __init__(self, root: Root, harvest: Harvest) -> None:
        self._harvest = harvest
        self.names = Names({**_PREFIXES, root.namespace: ""})
        self.records = frozenset({"item", "generator"})
        self.containers = frozenset({"channel", "rss", "rdf"})
        self.fields = _FIELDS
        self.addresses = frozenset({"link", "guid"})
        self.quick: Quick | None = None
        self.rich: Rich | None = None

    def record(self, record: Record) -> None:
        """Take one item, or the name of the generator."""
        if record.name == "generator":
            feeds.sign(self._harvest, record)
            return
        link = feeds.text(feeds.first(record, "link")) or _permalink(record)
        date = feeds.text(feeds.first(record, "pubdate", "dc:date", "atom:updated"))
        feeds.add(self._harvest, record, link, date)

    def contain(self, name: str, line: int) -> None:
        """A channel is what items stand in."""

    def stray(self, name: str, line: int) -> None:
        """Titles, images and the like are no concern of ours."""

    def loose(self, text: str, line: int) -> None:
        """Text of a feed is no concern of ours."""


def _permalink(record: Record) -> str:
    """The guid, unless it says that it is no address, or obviously is none."""
    guid = feeds.first(record, "guid")
    if guid is None:
        return ""
    said = guid.attribute("isPermaLink") or guid.attribute("isPermalink") or "true"
    text = feeds.text(guid)
    is_address = text[:8].lower().startswith(("http://", "https://"))
    return text if is_address and said.strip().lower() == "true" else ""


def _claims(namespace: str | None, local: str) -> bool:
    return local == "rss" or (local == "rdf" and namespace in (_RDF, None))


FORMAT = XmlFormat(Kind.RSS, _claims, _Sink)
