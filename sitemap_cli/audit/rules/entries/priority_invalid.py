"""Values of priority that are not numbers from 0 to 1."""

import re

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

PRIORITY = re.compile(r"|0(?:\.[0-9]+)?|1(?:\.0+)?|\.[0-9]+")


@rule("SM333", Severity.WARNING, Scope.URL, by_value=True)
def priority_invalid(batch: Batch) -> Hits:
    """A ``priority`` is not a number from 0 to 1.

    Checks: ``priority`` is not a decimal number from 0.0 to 1.0.
    Why: The file violates the schema, and crawlers that use the field ignore the value.
    Fix: Write a number such as 0.8, with a decimal point, or remove the field.
    Message: priority is not a number from 0 to 1: 8
    Bad::

        <url>
          <loc>https://example.com/lamp</loc>
          <priority>8</priority>
        </url>

    Good::

        <url>
          <loc>https://example.com/lamp</loc>
          <priority>0.8</priority>
        </url>

    Source: https://www.sitemaps.org/protocol.html#prioritydef
    See also: SM331 SM334 SM335
    """
    wrong = {each for each in batch.priorities.distinct_values if not PRIORITY.fullmatch(each)}
    return batch.priorities.report_values(
        batch.priorities.search_values(wrong), "priority is not a number from 0 to 1"
    )
