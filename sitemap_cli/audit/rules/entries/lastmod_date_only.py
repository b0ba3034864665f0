"""Values of lastmod without a time of day."""

import re

from sitemap_cli.audit.entry_batch import SEPARATOR, Batch
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Engine, Severity

DATE_ONLY = re.compile(rf"{SEPARATOR}[0-9]{{4}}(?:-[0-9]{{2}}){{0,2}}(?={SEPARATOR})")


@rule(
    "SM327",
    Severity.INFO,
    Scope.URL,
    engines={Engine.BING: Severity.INFO},
    engine_only=True,
)
def lastmod_date_only(batch: Batch) -> Hits:
    """A ``lastmod`` has no time of day.

    Checks: ``lastmod`` is only a day, a month or a year.
    Why: Bing recommends date and time, so that it can detect several changes on one day.
    Fix: Add the time and the time zone.
    Message: lastmod has no time of day: 2026-01-01
    Bad::

        <url>
          <loc>https://example.com/lamp</loc>
          <lastmod>2026-11-01</lastmod>
        </url>

    Good::

        <url>
          <loc>https://example.com/lamp</loc>
          <lastmod>2026-11-01T08:30:00+00:00</lastmod>
        </url>

    Source: https://blogs.bing.com/webmaster/July-2025/Keeping-Content-Discoverable-with-Sitemaps-in-AI-Powered-Search
    See also: SM322 SM325
    """
    if batch.lastmods.text.count("T") == batch.size:
        return ()
    return batch.lastmods.report_values(batch.lastmods.search(DATE_ONLY), "lastmod has no time of day")
