"""URLs above the length limit."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM303", Severity.ERROR, Scope.DOCUMENT)
def loc_too_long(sitemap: SitemapFact) -> Hits:
    """A URL is longer than the protocol allows.

    Checks: ``loc`` has 2,048 characters or more.
    Why: The protocol requires fewer than 2,048 characters. Crawlers skip or truncate longer URLs.
    Fix: Shorten the URL: pages for search results do not need the state of a form in it. Remove URLs of
        filters and searches from the sitemap.
    Message: a URL of 2,048 characters; the protocol allows fewer than 2,048: 'https://example.com/…...'
    Bad: the state of a form, shortened here::

        <url>
          <loc>https://example.com/search?brand=a&amp;brand=b&amp;...</loc>
        </url>

    Good::

        <url>
          <loc>https://example.com/lamps</loc>
        </url>

    Source: https://www.sitemaps.org/protocol.html#locdef
    See also: SM304 SM316 SM336
    """
    return sitemap.report_problems("url-long", "url-too-long")
