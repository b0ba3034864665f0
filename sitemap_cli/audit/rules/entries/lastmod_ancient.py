"""Values of lastmod that are older than the web."""

import re

from sitemap_cli.audit.entry_batch import SEPARATOR, Batch
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

ANCIENT = 9_131
"""The first of January 1995, in days since 1970: older pages than that there are hardly any."""
OLD = re.compile(rf"{SEPARATOR}(?:19[0-8][0-9]|199[0-4]|1[0-8][0-9]{{2}}|0[0-9]{{3}})(?![^{SEPARATOR}T-])")


@rule("SM324", Severity.INFO, Scope.URL)
def lastmod_ancient(batch: Batch) -> Hits:
    """A ``lastmod`` is older than the page can be.

    Checks: before 1995, for instance 1970-01-01, which is what a missing date becomes in many programs.
    Why: It is not true, and makes the others doubtful.
    Fix: Leave ``lastmod`` away where the date is not known.
    Bad: ``<lastmod>1970-01-01T00:00:00Z</lastmod>``
    Good: no ``lastmod``
    Source: own (the web had hardly any pages then)
    """
    if not any(day < ANCIENT for day in batch.sitemap.lastmod_days):
        return ()
    return batch.lastmods.report_values(batch.lastmods.search(OLD), "older than the web")
