"""Entries with two news articles."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM536", Severity.ERROR, Scope.DOCUMENT)
def news_twice(sitemap: SitemapFact) -> Hits:
    """An entry has two articles.

    Checks: more than one ``news:news`` (or ``mobile:mobile``) in one ``url``.
    Why: A page is one article; which of the two counts nobody knows.
    Fix: Keep one.
    Bad: ``<news:news>...</news:news><news:news>...</news:news>``
    Good: ``<news:news>...</news:news>``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    """
    return sitemap.report_problems("duplicate-extension")
