"""Publication dates of news articles."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import read_field
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.w3c_time import DAY, parse_w3c_exactly


@rule("SM534", Severity.ERROR, Scope.URL)
def news_date(batch: Batch) -> Hits:
    """The publication date of an article is invalid or in the future.

    Checks: ``publication_date`` is not a W3C date, or is more than a day after the fetch.
    Why: Google News does not accept the article.
    Fix: Write when the article was first published, for example ``2026-11-01T08:30:00+00:00``.
    Bad: ``<news:publication_date>yesterday</news:publication_date>``
    Good: ``<news:publication_date>2026-11-01T08:30:00+00:00</news:publication_date>``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    """
    for index, news in batch.iter_extension_objects("news"):
        date = read_field(news, "publication_date")
        then = parse_w3c_exactly(date)
        if date and then is None:
            yield Hit(f"publication_date is not a W3C date: {format_value(date)}", index=index, value=date)
        elif then is not None and then > batch.sitemap.fetched_at + DAY:
            yield Hit(f"publication_date is in the future: {format_value(date)}", index=index, value=date)
