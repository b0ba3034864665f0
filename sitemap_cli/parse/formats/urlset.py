"""A list of pages in the XML of the protocol.

See https://www.sitemaps.org/protocol.html#xmlTagDefinitions
"""

from sitemap_cli.model.values import Kind
from sitemap_cli.parse.collector import Harvest
from sitemap_cli.parse.format import Root, XmlFormat
from sitemap_cli.parse.sitemap_sink import ProtocolSink


def _claims(namespace: str | None, local: str) -> bool:  # noqa: ARG001 - wrong namespaces are common
    return local == "urlset"


def _open(root: Root, harvest: Harvest) -> ProtocolSink:
    return ProtocolSink(root, harvest, expected="url")


FORMAT = XmlFormat(Kind.URLSET, _claims, _open)
