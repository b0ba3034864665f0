"""RSS 0.9x, 1.0 and 2.0, read as a list of pages.

See https://www.rssboard.org/rss-specification and https://web.resource.org/rss/1.0/spec
"""

from typing import TYPE_CHECKING

from sitemap_cli.model import Kind
from sitemap_cli.parse import feeds
from sitemap_cli.parse.format import Root, XmlFormat
from sitemap_cli.parse.harvest import Harvest
from sitemap_cli.parse.records import Names, Record

if TYPE_CHECKING:
    from sitemap_cli.parse.lane import Quick

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_PREFIXES = {
    "": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss2": "",
    "http://purl.org/dc/elements/1.1/": "dc:",
}


class _Sink:
    """Takes the items of a channel."""

    __slots__ = ("_harvest", "containers", "names", "quick", "records")

    def __init__(self, root: Root, harvest: Harvest) -> None:
        self._harvest = harvest
        self.names = Names({root.namespace: "", **_PREFIXES})
        self.records = frozenset({"item", "generator"})
        self.containers = frozenset({"channel"})
        self.quick: Quick | None = None

    def record(self, record: Record) -> None:
        """Take one item, or the name of the generator."""
        if record.name == "generator":
            feeds.sign(self._harvest, record)
            return
        date = feeds.text(feeds.first(record, "pubdate", "dc:date"))
        feeds.add(self._harvest, record, feeds.text(feeds.first(record, "link")) or _permalink(record), date)

    def stray(self, name: str, line: int) -> None:
        """Titles, images and the like are no concern of ours."""


def _permalink(record: Record) -> str:
    """The guid, if it says that it is an address, or says nothing and is one."""
    guid = feeds.first(record, "guid")
    said = (guid.attribute("isPermaLink") or "").strip().lower() if guid else "false"
    text = feeds.text(guid)
    return text if said == "true" or (not said and text.startswith(("http://", "https://"))) else ""


def _claims(namespace: str | None, local: str) -> bool:
    return local == "rss" or (local == "rdf" and namespace in (_RDF, None))


FORMAT = XmlFormat(Kind.RSS, _claims, _Sink)
