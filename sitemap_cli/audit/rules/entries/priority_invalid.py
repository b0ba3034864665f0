"""Values of priority that are not numbers from 0 to 1."""

import re

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

PRIORITY = re.compile(r"|0(?:\.[0-9]+)?|1(?:\.0+)?|\.[0-9]+")


@rule("SM333", Severity.WARNING, Scope.URL)
def priority_invalid(batch: Batch) -> Hits:
    """A ``priority`` is no number between 0 and 1.

    Checks: it is not a decimal number from 0.0 to 1.0.
    Why: Crawlers that use the field ignore it, and the file does not fit its schema.
    Fix: Write a number such as 0.8, with a point; or leave the field away.
    Bad: ``<priority>8</priority>``
    Good: ``<priority>0.8</priority>``
    Source: https://www.sitemaps.org/protocol.html#prioritydef
    """
    wrong = {each for each in batch.priorities.distinct_values if not PRIORITY.fullmatch(each)}
    return batch.priorities.report_values(batch.priorities.search_values(wrong), "no number from 0 to 1")
