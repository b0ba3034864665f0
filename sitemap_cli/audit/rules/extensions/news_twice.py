"""Entries with more than one news article."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM536", Severity.ERROR, Scope.DOCUMENT)
def news_twice(sitemap: SitemapFact) -> Hits:
    """An entry has more than one news article.

    Checks: One ``url`` has more than one ``news:news`` (or ``mobile:mobile``) element.
    Why: A page is one article, and the second one makes it ambiguous which article is meant.
    Fix: Keep one element.
    Message: more than one news:news where one is allowed; the first counts
    Bad::

        <url>
          <loc>https://example.com/merger</loc>
          <news:news>...</news:news>
          <news:news>...</news:news>
        </url>

    Good::

        <url>
          <loc>https://example.com/merger</loc>
          <news:news>...</news:news>
        </url>

    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    See also: SM207
    """
    return sitemap.report_problems("duplicate-extension")
