"""Sitemaps in which every priority is the same."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

FEWEST = 10


@rule("SM334", Severity.INFO, Scope.URL, covered_by=("SM335",))
def priority_all_equal(batch: Batch) -> Hits:
    """All entries have the same ``priority``.

    Checks: A sitemap has at least 10 entries, and all have the same ``priority``. Entries are compared in
        batches of about 30,000. SM335 reports the field for Google and Bing, so this rule is of use with
        ``--engine yandex``, which reads it.
    Why: The value only ranks the pages of a site relative to each other.
    Fix: Remove the field.
    Message: all 10 priorities are 0.5
    Bad::

        <url>
          <loc>https://example.com/a</loc>
          <priority>1.0</priority>
        </url>
        <url>
          <loc>https://example.com/b</loc>
          <priority>1.0</priority>
        </url>

    Good::

        <url>
          <loc>https://example.com/a</loc>
        </url>
        <url>
          <loc>https://example.com/b</loc>
        </url>

    Source: https://www.sitemaps.org/faq.html
    See also: SM333 SM335
    """
    found = batch.priorities.distinct_values
    if batch.size >= FEWEST and len(found) == 1 and "" not in found:
        message = f"all {batch.size:,} priorities are {format_value(next(iter(found)))}"
        yield Hit(message, count=batch.size, places=lambda: range(batch.size))
