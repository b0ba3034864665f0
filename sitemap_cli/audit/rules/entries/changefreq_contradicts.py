"""Values of changefreq that the lastmod contradicts."""

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
    """An entry is said to change every day, and has not changed for a year.

    Checks: ``changefreq`` is ``always``, ``hourly`` or ``daily``, and ``lastmod`` lies more than 365 days
        before the job.
    Why: One of the two is not true.
    Fix: Leave ``changefreq`` away, or write what is true.
    Bad: ``<lastmod>2019-05-01</lastmod><changefreq>daily</changefreq>``
    Good: ``<lastmod>2019-05-01</lastmod>``
    Source: own (the protocol calls ``changefreq`` a hint, which has to be true all the same)
    """
    before = batch.site.started_at - YEAR
    if min(batch.sitemap.lastmod_days, default=0) * DAY >= before or OFTEN.isdisjoint(
        batch.changefreqs.distinct_values
    ):
        return
    # As texts, dates sort as their days do: a day too many leaves room for the zones.
    suspect, frequencies = format_day(before + DAY), batch.changefreqs.values
    dated = enumerate(batch.lastmods.values)
    for index, lastmod in compress(dated, map(OFTEN.__contains__, frequencies)):
        if lastmod[:10] <= suspect and (parse_w3c_exactly(lastmod) or before) < before:
            yield Hit(f"{frequencies[index]}, and unchanged since {format_value(lastmod)}", index=index)
