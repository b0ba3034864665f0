"""Differences between the sitemaps and a list of URLs."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM711", Severity.INFO, Scope.SITE, needs=("comparison",), needs_complete=True)
def not_in_list(site: SiteFact) -> Hits:
    """The sitemaps and a list of the site's pages do not have the same URLs.

    Checks: With ``--against FILE``, a file of URLs such as from a crawler or an access log, a URL is in the
        file but in no sitemap, or in a sitemap but not in the file. Spellings that are equivalent by RFC
        3986 and RFC 3987 are one URL.
    Why: A page that is listed but not linked is an orphan. A page that is linked but not listed is found
        late.
    Fix: List the missing pages. Link to the orphans, or remove them.
    Message: https://example.com/c is in https://example.com/ but in no sitemap
    Bad: the crawler found ``/new``, but no sitemap lists it
    Good: the crawler found exactly the URLs that the sitemaps list
    Source: own (search engines find pages by crawling and by sitemaps; both should lead to the same pages)
    See also: SM806
    """
    if (against := site.list_comparison) is None:
        return
    name = format_value(against.name)
    yield from against.missing.report(lambda loc: f"{loc} is in {name} but in no sitemap")
    yield from against.extra.report(lambda loc: f"{loc} is in a sitemap but not in {name}")
