"""Values of changefreq that contradict the lastmod."""

from itertools import compress

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.w3c_time import DAY, format_day, parse_w3c_exactly

OFTEN = frozenset({"daily", "hourly", "always"})
YEAR = 365 * DAY


@rule("SM332", Severity.INFO, Scope.URL)
def changefreq_contradicts(batch: Batch) -> Hits:
    """A ``changefreq`` contradicts the ``lastmod`` of its entry.

    Checks: ``changefreq`` is ``always``, ``hourly`` or ``daily``, and ``lastmod`` is more than 365 days
        before the job.
    Why: One of the two values is wrong.
    Fix: Remove ``changefreq``, or set it to the real frequency.
    Message: changefreq is daily, but lastmod is 2019-05-01
    Bad::

        <url>
          <loc>https://example.com/lamp</loc>
          <lastmod>2019-05-01</lastmod>
          <changefreq>daily</changefreq>
        </url>

    Good::

        <url>
          <loc>https://example.com/lamp</loc>
          <lastmod>2019-05-01</lastmod>
        </url>

    Source: own (the protocol calls ``changefreq`` a hint, but a hint must still be true)
    See also: SM331 SM335 SM708
    """
    before = batch.site.started_at - YEAR
    if min(batch.sitemap.lastmod_days, default=0) * DAY >= before or OFTEN.isdisjoint(
        batch.changefreqs.distinct_values
    ):
        return
    # ISO dates sort as text in the order of their days. The extra day allows for time zones.
    suspect, frequencies = format_day(before + DAY), batch.changefreqs.values
    dated = enumerate(batch.lastmods.values)
    for index, lastmod in compress(dated, map(OFTEN.__contains__, frequencies)):
        if lastmod[:10] <= suspect and (parse_w3c_exactly(lastmod) or before) < before:
            message = f"changefreq is {frequencies[index]}, but lastmod is {format_value(lastmod)}"
            yield Hit(message, index=index, value=frequencies[index])
