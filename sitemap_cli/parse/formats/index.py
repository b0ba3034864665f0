"""Sitemap indexes: lists of sitemaps in the XML of the protocol.

See https://www.sitemaps.org/protocol.html#sitemapIndexTagDefinitions
"""

from sitemap_cli.model.values import Kind
from sitemap_cli.parse.collector import Collector
from sitemap_cli.parse.format import RootElement, XmlFormat
from sitemap_cli.parse.sitemaps import strict_names
from sitemap_cli.parse.sitemaps.sitemap_sink import SitemapSink


def _matches(namespace: str | None, local: str) -> bool:  # noqa: ARG001 - wrong namespaces are common
    return local == "sitemapindex"


def _open_sink(root: RootElement, collector: Collector) -> SitemapSink:
    strict_names.check_root(root, collector)
    return SitemapSink(root, collector, expected="sitemap")


FORMAT = XmlFormat(Kind.INDEX, _matches, _open_sink)
