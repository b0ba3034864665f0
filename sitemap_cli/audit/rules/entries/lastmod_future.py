"""Values of lastmod in the future."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Engine, Severity
from sitemap_cli.w3c_time import DAY, format_minute, parse_w3c_exactly


@rule("SM323", Severity.WARNING, Scope.URL)
def lastmod_future(batch: Batch) -> Hits:
    """A ``lastmod`` lies in the future.

    Checks: more than 24 hours after the sitemap was fetched; with ``--engine bing`` any time after.
    Why: Search engines reject it, and trust the other dates less.
    Fix: Write when the content last changed, in the right zone; check the clock of the server.
    Bad: ``<lastmod>2099-01-01</lastmod>``
    Good: ``<lastmod>2026-11-01</lastmod>``
    Source: https://blogs.bing.com/webmaster/february-2023/The-Importance-of-Setting-the-lastmod-Tag-in-Your-Sitemap
    """
    after = batch.sitemap.fetched_at + (0 if batch.site.engine is Engine.BING else DAY)
    # A lastmod may be written in a zone in which it is tomorrow already, or still yesterday.
    if not any(day >= after // DAY for day in batch.sitemap.lastmod_days):
        return ()
    # West of Greenwich it is up to twelve hours earlier than in UTC, elsewhere never.
    suspect = format_minute(after if batch.has_only_zoned_times else after - DAY / 2)
    places = (
        at
        for at, value in enumerate(batch.lastmods.values)
        if value[:16] >= suspect and (parse_w3c_exactly(value) or 0) > after
    )
    return batch.lastmods.report_values(places, "in the future")
