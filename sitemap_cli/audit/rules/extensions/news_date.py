"""Publication dates of news articles."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.extension_values import read_field
from sitemap_cli.audit.google_dates import explain_date, parse_google_date
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.w3c_time import DAY


@rule("SM534", Severity.ERROR, Scope.URL)
def news_date(batch: Batch) -> Hits:
    """The publication date of an article is invalid or in the future.

    Checks: ``publication_date`` is neither a complete date nor one with a time of day and a time zone, or is
        more than a day after the fetch. A time without a time zone is a warning.
    Why: Google News does not accept the article. How it reads a time without a time zone is not documented:
        the severity is our own judgement.
    Fix: Write when the article was first published, as a complete date: ``2026-11-01`` or
        ``2026-11-01T08:30:00+00:00``.

        - no time zone: Add the time zone: ``Z`` or an offset such as ``+01:00``.
        - in the future: List the article when it is published. If it is, write the date with its time
          zone, and check the clock of the server.

    Message: news:publication_date has no day; Google needs a complete date: 2026-11
    Bad::

        <news:publication_date>2026-11</news:publication_date>

    Good::

        <news:publication_date>2026-11-01T08:30:00Z</news:publication_date>

    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
    See also: SM321 SM519 SM531
    """
    for index, news in batch.iter_extension_objects("news"):
        date = read_field(news, "publication_date")
        then = parse_google_date(date)
        if date and (fault := explain_date(date)) is not None:
            severity = Severity.WARNING if fault.is_readable else None
            message = f"news:publication_date {fault.reason}: {format_value(date)}"
            fix = "no time zone" if fault.is_readable else None
            yield Hit(message, severity=severity, index=index, value=date, fix=fix)
        elif then is not None and then > batch.sitemap.fetched_at + DAY:
            message = f"news:publication_date is in the future: {format_value(date)}"
            yield Hit(message, index=index, value=date, fix="in the future")
