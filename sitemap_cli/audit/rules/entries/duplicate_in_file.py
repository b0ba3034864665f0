"""URLs that a sitemap lists more than once."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits, distribute_count, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM311", Severity.WARNING, Scope.SITE, needs=("duplicates",))
def duplicate_in_file(site: SiteFact) -> Hits:
    """A sitemap lists the same address more than once.

    Checks: two entries of one file have the same ``loc``, character by character; each entry beyond the
        first counts. Addresses that differ in spelling only are a matter of SM312.
    Why: The entries may contradict each other, and they count towards the limit of 50,000.
    Fix: List each address once; look into how the file is put together.
    Bad: ``<loc>https://example.com/a</loc>`` in two entries
    Good: ``<loc>https://example.com/a</loc>`` in one entry
    Source: own (an entry says something of one page, so that two of them say nothing more or contradict)
    """
    for found in site.duplicates.in_files:
        for loc, times in distribute_count(found.count, found.examples):
            yield Hit(
                f"listed more than once: {format_value(loc)}", loc=loc, sitemap=found.sitemap, count=times
            )
