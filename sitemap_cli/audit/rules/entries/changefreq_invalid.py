"""Values of changefreq that the protocol does not define."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

FREQUENCIES = frozenset({"always", "hourly", "daily", "weekly", "monthly", "yearly", "never", ""})


@rule("SM331", Severity.WARNING, Scope.URL, by_value=True)
def changefreq_invalid(batch: Batch) -> Hits:
    """A ``changefreq`` is not a valid value.

    Checks: ``changefreq`` is not ``always``, ``hourly``, ``daily``, ``weekly``, ``monthly``, ``yearly`` or
        ``never``, in lower case.
    Why: The file violates the schema, and validators reject it.
    Fix: Use one of these values, or remove the field: most search engines ignore it.
    Message: invalid changefreq: Daily
    Bad::

        <url>
          <loc>https://example.com/lamp</loc>
          <changefreq>Every day</changefreq>
        </url>

    Good::

        <url>
          <loc>https://example.com/lamp</loc>
          <changefreq>daily</changefreq>
        </url>

    Source: https://www.sitemaps.org/protocol.html#changefreqdef
    See also: SM332 SM333 SM335
    """
    wrong = batch.changefreqs.distinct_values - FREQUENCIES
    return batch.changefreqs.report_values(batch.changefreqs.search_values(wrong), "invalid changefreq")
