"""Values of lastmod without a time zone."""

import re

from sitemap_cli.audit.entry_batch import SEPARATOR, Batch
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

WITHOUT_ZONE = re.compile(rf"T[0-9:.]++(?={SEPARATOR})")


@rule("SM322", Severity.WARNING, Scope.URL, by_section=True)
def lastmod_no_tz(batch: Batch) -> Hits:
    """A ``lastmod`` has a time but no time zone.

    Checks: Neither ``Z`` nor an offset such as ``+01:00`` follows the time of day.
    Why: W3C Datetime requires the time zone. Without it, the time can be wrong by up to a day.
    Fix: Add the offset, write the time in UTC with ``Z``, or write only the date.
    Message: lastmod has no time zone: 2026-11-01T08:30:00
    Bad::

        <url>
          <loc>https://example.com/lamp</loc>
          <lastmod>2026-11-01T08:30:00</lastmod>
        </url>

    Good::

        <url>
          <loc>https://example.com/lamp</loc>
          <lastmod>2026-11-01T08:30:00Z</lastmod>
        </url>

    Systems:
        PHP: ``date('c')``, or ``DATE_W3C``.
        JavaScript: ``toISOString()``.
        Python: ``isoformat()`` of a ``datetime`` with a time zone.
    Source: https://www.w3.org/TR/NOTE-datetime
    See also: SM321 SM327
    """
    if batch.has_only_zoned_times:
        return ()
    return batch.lastmods.report_values(batch.lastmods.search(WITHOUT_ZONE), "lastmod has no time zone")
