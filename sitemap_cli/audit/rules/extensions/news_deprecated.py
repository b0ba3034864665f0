"""Deprecated fields of news articles."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

GONE = ("access", "genres", "keywords", "stock_tickers", "geo_locations")


@rule("SM537", Severity.INFO, Scope.URL)
def news_deprecated(batch: Batch) -> Hits:
    """An article has deprecated fields.

    Checks: An article has ``access``, ``genres``, ``keywords``, ``stock_tickers`` or ``geo_locations``.
    Why: Google ignores these fields, and they make the file larger.
    Fix: Remove the fields.
    Message: deprecated, and ignored by Google: news:keywords
    Bad::

        <news:news>
          <news:title>Companies in merger talks</news:title>
          <news:keywords>merger, companies</news:keywords>
        </news:news>

    Good::

        <news:news>
          <news:title>Companies in merger talks</news:title>
        </news:news>

    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    See also: SM503 SM521
    """
    for index, news in batch.iter_extension_objects("news"):
        if found := [name for name in GONE if name in news]:
            yield Hit(
                f"deprecated, and ignored by Google: {', '.join(f'news:{name}' for name in found)}",
                index=index,
            )
