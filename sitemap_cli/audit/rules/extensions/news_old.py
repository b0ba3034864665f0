"""News articles that are too old."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import read_field
from sitemap_cli.audit.google_dates import parse_google_date
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.w3c_time import DAY

OLD = 2 * DAY


@rule("SM531", Severity.WARNING, Scope.URL)
def news_old(batch: Batch) -> Hits:
    """A news article is too old.

    Checks: ``publication_date`` is more than 48 hours before the fetch. SM534 reports dates without a day.
    Why: Google News accepts only articles of the last two days.
    Fix: Remove the entry from the news sitemap, or ``news:news`` from the entry.
    Message: published on …
    Bad: an article of last month::

        <news:news>
          <news:publication_date>2026-10-20</news:publication_date>
        </news:news>

    Good: the articles of the last two days only
    Systems:
        Yoast News SEO: drops articles after two days by itself; a page cache may send older ones.
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    See also: SM530 SM534
    """
    now = batch.sitemap.fetched_at
    for index, news in batch.iter_extension_objects("news"):
        date = read_field(news, "publication_date")
        then = parse_google_date(date)
        # A date without a time covers the whole day.
        if then is not None and now - then > OLD + (DAY if len(date) <= 10 else 0):
            yield Hit(
                f"published on {format_value(date)}, more than two days before the fetch",
                index=index,
                value=date,
            )
