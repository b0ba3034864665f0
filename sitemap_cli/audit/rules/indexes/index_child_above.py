"""Indexes that list a sitemap outside their folder."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import canonical_url, textual_origin


@rule("SM407", Severity.WARNING, Scope.SITE)
def index_child_above(site: SiteFact) -> Hits:
    """An index lists a sitemap outside its own folder.

    Checks: The child is on the host of the index, but its URL does not begin with the URL of the index's
        folder.
    Why: Google requires that sitemaps are in the folder of their index or below it.
    Fix: Move the index to the root of the site.
    Message: the sitemap is not below https://example.com/maps/
    Bad: ``https://example.com/sitemaps/index.xml`` lists a sitemap above its folder::

        <sitemap>
          <loc>https://example.com/pages.xml</loc>
        </sitemap>

    Good: ``https://example.com/index.xml`` lists a sitemap below its folder::

        <sitemap>
          <loc>https://example.com/sitemaps/pages.xml</loc>
        </sitemap>

    Systems:
        Magento: the path of a sitemap is set in Marketing > SEO & Search > Site Map; ``/`` is the
            root.
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/large-sitemaps
    See also: SM310 SM406
    """
    for index in site.indexes:
        folder = canonical_url(index.folder)
        for child in index.listed if index.folder != index.origin else ():
            if textual_origin(child.loc) == index.origin and not canonical_url(child.loc).startswith(folder):
                message = f"the sitemap is not below {format_value(index.folder)}"
                yield Hit(message, loc=child.loc, line=child.line, sitemap=index.url)
