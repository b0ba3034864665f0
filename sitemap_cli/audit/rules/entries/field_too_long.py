"""Fields above the length limit."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Kind, Severity

LONGEST = 100


@rule("SM336", Severity.WARNING, Scope.URL)
def field_too_long(batch: Batch) -> Hits:
    """A field is too long.

    Checks: ``lastmod``, ``changefreq`` or ``priority`` has more than 100 bytes.
    Why: Yandex sets this limit. No valid value of these fields is that long.
    Fix: Check the program that writes the file: the field contains something else, such as part of a page.
    Message: more than 100 bytes: 2026-11-01T08:30:00.…Z
    Bad: an error page in a field::

        <url>
          <loc>https://example.com/lamp</loc>
          <lastmod>&lt;!doctype html&gt;&lt;html&gt;...</lastmod>
        </url>

    Good::

        <url>
          <loc>https://example.com/lamp</loc>
          <lastmod>2026-11-01</lastmod>
        </url>

    Source: https://yandex.com/support/webmaster/en/controlling-robot/sitemap
    See also: SM303 SM321
    """
    columns = (batch.changefreqs, batch.priorities)
    for column in columns if _has_only_short_lastmods(batch) else (batch.lastmods, *columns):
        # A character takes at most four bytes in UTF-8.
        most = LONGEST if column.text.isascii() else LONGEST // 4
        if max(map(len, column.distinct_values)) > most:
            wrong = {each for each in column.distinct_values if len(each.encode()) > LONGEST}
            yield from column.report_values(column.search_values(wrong), "more than 100 bytes")


def _has_only_short_lastmods(batch: Batch) -> bool:
    """Return whether no lastmod can be too long: a valid one in XML is short without a fraction."""
    sitemap = batch.sitemap
    return sitemap.has_valid_dates and sitemap.kind == Kind.URLSET and "." not in batch.lastmods.text
