"""Values of changefreq that the protocol does not define."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

FREQUENCIES = frozenset({"always", "hourly", "daily", "weekly", "monthly", "yearly", "never", ""})


@rule("SM331", Severity.WARNING, Scope.URL)
def changefreq_invalid(batch: Batch) -> Hits:
    """A ``changefreq`` is none of the words there are.

    Checks: something else than ``always``, ``hourly``, ``daily``, ``weekly``, ``monthly``, ``yearly`` or
        ``never``, in lower case.
    Why: The file does not fit its schema, and validators stop there.
    Fix: Use one of the words, or leave the field away: hardly anybody reads it.
    Bad: ``<changefreq>Every day</changefreq>``
    Good: ``<changefreq>daily</changefreq>``
    Source: https://www.sitemaps.org/protocol.html#changefreqdef
    """
    wrong = batch.changefreqs.distinct_values - FREQUENCIES
    return batch.changefreqs.report_values(batch.changefreqs.search_values(wrong), "not a frequency")
