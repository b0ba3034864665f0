"""Values of lastmod that are older than the web."""

import re
from collections.abc import Iterator

from sitemap_cli.audit.entry_batch import SEPARATOR, Batch
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Engine, Severity

ANCIENT = 9_131
"""1 January 1995, in days since 1970; hardly any pages are older."""
OLD = re.compile(rf"{SEPARATOR}(?:19[0-8][0-9]|199[0-4]|1[0-8][0-9]{{2}}|0[0-9]{{3}})(?![^{SEPARATOR}T-])")


@rule("SM324", Severity.INFO, Scope.URL)
def lastmod_ancient(batch: Batch) -> Hits:
    """A ``lastmod`` is older than the web.

    Checks: ``lastmod`` is before 1995, for example 1970-01-01, which many programs write when a date is
        missing. With ``--engine google``, a date before 1970 is a warning.
    Why: The date is wrong, and search engines trust the other dates less. Google Search Console reports dates
        before 1970 as invalid.
    Fix: Leave out ``lastmod`` where the date is unknown: programs write 1970 for an empty date.
    Message: lastmod is older than the web: 1970-01-01T00:00:00Z
    Bad::

        <url>
          <loc>https://example.com/lamp</loc>
          <lastmod>1970-01-01T00:00:00Z</lastmod>
        </url>

    Good::

        <url>
          <loc>https://example.com/lamp</loc>
        </url>

    Source: own (hardly any pages existed then)
    See also: SM321 SM323 SM325 SM408
    """
    if not any(day < ANCIENT for day in batch.sitemap.lastmod_days):
        return ()
    return _report_old(batch)


def _report_old(batch: Batch) -> Iterator[Hit]:
    """Yield a hit for each old value; for Google, those before 1970 are worse."""
    for index in batch.lastmods.search(OLD):
        value = batch.lastmods.values[index]
        is_invalid = batch.site.engine is Engine.GOOGLE and value[:4] < "1970"
        severity = Severity.WARNING if is_invalid else None
        yield Hit(
            f"lastmod is older than the web: {format_value(value)}",
            index=index,
            severity=severity,
            value=value,
        )
