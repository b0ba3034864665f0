"""Indexes that list an index."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.index_children import list_index_children
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Kind, Severity


@rule("SM402", Severity.ERROR, Scope.SITE)
def nested_index(site: SiteFact) -> Hits:
    """An index lists another index.

    Checks: A child of an index is itself an index.
    Why: The protocol allows one level, and Search Console reports nested indexes as an error.
    Fix: List all sitemaps in one index, or list each index in robots.txt.
    Message: the sitemap is an index, too
    Bad: ``index.xml`` lists ``shop-index.xml``, which is an index, too::

        <sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
          <sitemap><loc>https://example.com/shop-index.xml</loc></sitemap>
        </sitemapindex>

    Good: ``index.xml`` lists the sitemaps themselves::

        <sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
          <sitemap><loc>https://example.com/shop-1.xml</loc></sitemap>
          <sitemap><loc>https://example.com/shop-2.xml</loc></sitemap>
        </sitemapindex>

    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/large-sitemaps
        https://support.google.com/webmasters/answer/7451001
    See also: SM213 SM403 SM410
    """
    for parent, child, line in list_index_children(site):
        if child.kind == Kind.INDEX and parent.kind == Kind.INDEX:
            yield Hit("the sitemap is an index, too", loc=child.url, line=line, sitemap=parent.url)
