"""Differences between the sitemaps and a list of URLs."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM711", Severity.INFO, Scope.SITE, needs=("comparison",), needs_complete=True)
def not_in_list(site: SiteFact) -> Hits:
    """The sitemaps and a list of the site's pages do not name the same addresses.

    Checks: With ``--against FILE``, a file of addresses such as a crawler or an access log gives: an
        address is in the file and in no sitemap, or in a sitemap and not in the file.
    Why: A page that is listed and linked nowhere is an orphan; one that is linked and not listed is found
        late.
    Fix: List the pages that are missing; link to the orphans, or drop them.
    Bad: the crawler found ``/new`` and no sitemap lists it
    Good: the crawler found what the sitemaps list
    Source: own (crawls and sitemaps are how search engines find pages; both should tell the same)
    """
    if (against := site.list_comparison) is None:
        return
    name = format_value(against.name)
    yield from against.missing.report(lambda loc: f"{loc} is in {name} and in no sitemap")
    yield from against.extra.report(lambda loc: f"{loc} is in a sitemap and not in {name}")
