"""Documents that are not sitemaps."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM205", Severity.ERROR, Scope.DOCUMENT)
def root_element(sitemap: SitemapFact) -> Hits:
    """A document is not a sitemap, a feed or a list of URLs.

    Checks: The root element is not ``urlset``, ``sitemapindex``, ``rss``, ``rdf`` or ``feed``, or a document
        that is not XML does not begin with a URL.
    Why: Crawlers find no URLs in it.
    Fix: Serve a sitemap at this URL, or list the correct URL.
    Message: not a sitemap or feed: the root element is 'opml'
    Bad::

        <opml version="2.0">
          <body>
            <outline text="Lamps" htmlUrl="https://example.com/lamps"/>
          </body>
        </opml>

    Good::

        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
          <url><loc>https://example.com/lamps</loc></url>
        </urlset>

    Source: https://support.google.com/webmasters/answer/7451001
    See also: SM111 SM204 SM212 SM215
    """
    return sitemap.report_failure("not-a-sitemap")
