"""Entries that exceed the limits of the parser."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM214", Severity.WARNING, Scope.DOCUMENT)
def entry_too_large(sitemap: SitemapFact) -> Hits:
    """An entry holds more than anybody reads.

    Checks: a field or the elements of one entry are so many that some of it was left out here.
    Why: Crawlers have such limits, too.
    Fix: Look at what writes the file; no page has thousands of videos.
    Bad: an entry with 20,000 ``image:image``
    Good: an entry with the ten images that matter
    Source: own (our limits, which are above those of all search engines)
    """
    return sitemap.report_problems("field-too-long", "too-many-extensions")
