"""Values of lastmod in the future."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Engine, Severity
from sitemap_cli.w3c_time import DAY, format_minute, parse_w3c_exactly


@rule("SM323", Severity.WARNING, Scope.URL, by_section=True)
def lastmod_future(batch: Batch) -> Hits:
    """A ``lastmod`` is in the future.

    Checks: ``lastmod`` is more than 24 hours after the fetch of the sitemap. With ``--engine bing``, any time
        after the fetch.
    Why: Bing rejects such dates, as its guidelines of July 2025 are reported to say. That search engines then
        trust the other dates less is our own judgement.
    Fix: Write when the content last changed, with the correct time zone. Check the clock of the server.
    Message: lastmod is in the future: 2099-01-01T08:00:00Z
    Bad: in a sitemap of November 2026::

        <url>
          <loc>https://example.com/lamp</loc>
          <lastmod>2027-03-01</lastmod>
        </url>

    Good::

        <url>
          <loc>https://example.com/lamp</loc>
          <lastmod>2026-11-01</lastmod>
        </url>

    Source: https://blogs.bing.com/webmaster/July-2025/Keeping-Content-Discoverable-with-Sitemaps-in-AI-Powered-Search
    See also: SM321 SM324 SM326 SM708
    """
    after = batch.sitemap.fetched_at + (0 if batch.site.engine is Engine.BING else DAY)
    # In the time zone of a lastmod it can already be tomorrow, or still be yesterday.
    if not any(day >= after // DAY for day in batch.sitemap.lastmod_days):
        return ()
    # Only west of Greenwich is local time earlier than UTC, by up to twelve hours.
    suspect = format_minute(after if batch.has_only_zoned_times else after - DAY / 2)
    places = (
        at
        for at, value in enumerate(batch.lastmods.values)
        if value[:16] >= suspect and (parse_w3c_exactly(value) or 0) > after
    )
    return batch.lastmods.report_values(places, "lastmod is in the future")
