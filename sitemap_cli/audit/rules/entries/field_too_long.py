"""Fields above the length limit."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Kind, Severity

LONGEST = 100


@rule("SM336", Severity.WARNING, Scope.URL)
def field_too_long(batch: Batch) -> Hits:
    """A field is longer than it can be.

    Checks: ``lastmod``, ``changefreq`` or ``priority`` of more than 100 bytes.
    Why: Yandex sets this limit; nothing that these fields can say is that long.
    Fix: Look at what writes the file: something else than a date has got in there.
    Bad: ``<lastmod>`` with an HTML page in it
    Good: ``<lastmod>2026-11-01</lastmod>``
    Source: https://yandex.com/support/webmaster/en/controlling-robot/sitemap
    """
    columns = (batch.changefreqs, batch.priorities)
    for column in columns if _has_only_short_lastmods(batch) else (batch.lastmods, *columns):
        # A character takes four bytes at most.
        most = LONGEST if column.text.isascii() else LONGEST // 4
        if max(map(len, column.distinct_values)) > most:
            wrong = {each for each in column.distinct_values if len(each.encode()) > LONGEST}
            yield from column.report_values(column.search_values(wrong), "more than 100 bytes")


def _has_only_short_lastmods(batch: Batch) -> bool:
    """Whether no lastmod can be long: a valid one of XML is only if it has a fraction of a second."""
    sitemap = batch.sitemap
    return sitemap.has_valid_dates and sitemap.kind == Kind.URLSET and "." not in batch.lastmods.text
