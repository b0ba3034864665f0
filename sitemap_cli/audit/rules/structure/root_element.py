"""Documents that are no sitemap at all."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM205", Severity.ERROR, Scope.DOCUMENT)
def root_element(sitemap: SitemapFact) -> Hits:
    """The document is something else than a sitemap, a feed or a list of addresses.

    Checks: the root element is none of ``urlset``, ``sitemapindex``, ``rss``, ``rdf`` and ``feed``, and
        what is no XML does not begin with an address.
    Why: Crawlers find nothing in it.
    Fix: Let the address answer with a sitemap, or name another one.
    Bad: ``<opml version="2.0">``
    Good: ``<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">``
    Source: https://support.google.com/webmasters/answer/7451001
    """
    return sitemap.report_failure("not-a-sitemap")
