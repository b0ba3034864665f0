"""Sitemaps with too many news articles."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

MAX_NEWS = 1_000


@rule("SM530", Severity.ERROR, Scope.DOCUMENT)
def news_too_many(sitemap: SitemapFact) -> Hits:
    """A sitemap has more news articles than Google News reads.

    Checks: One file has more than 1,000 entries with ``news:news``.
    Why: Google reads at most 1,000 articles per file.
    Fix: Split the file, or remove old articles.
    Message: 1,001 news articles in one file; the limit is 1,000
    Bad: all articles of a year in one file
    Good: the articles of the last two days
    Systems:
        Yoast News SEO: lists only the articles of the last two days.
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    See also: SM107 SM531
    """
    count = (sitemap.extensions or {}).get("news", 0)
    if count > MAX_NEWS:
        yield Hit(f"{count:,} news articles in one file; the limit is {MAX_NEWS:,}")
