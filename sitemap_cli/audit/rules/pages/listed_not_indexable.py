"""URLs that the sitemaps list although a list says that they are not indexable."""

from functools import partial

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM723", Severity.WARNING, Scope.SITE, needs=("list_comparison",))
def listed_not_indexable(site: SiteFact) -> Hits:
    """A sitemap lists a URL that a crawl of the site found to be not indexable.

    Checks: With ``--against FILE``, a URL in a sitemap is only in such rows of the file that have another
        status than 200 (in logs: 404 or 410), or are not indexable, such as noindex pages or pages with
        another canonical URL.
    Why: A sitemap should list only pages that can appear in search results. Search engines trust a sitemap
        less if many of its URLs cannot.
    Fix: Remove the URL from the sitemap, or make the page indexable. Check the page as it is now with
        ``sitemap check --probe``: the file may be old.
    Message: status 404 in crawl.csv
    Bad: a sitemap lists the URL of this row::

        Address,Status Code,Indexability,Indexability Status
        https://example.com/old,404,Non-Indexable,Client Error

    Good: sitemaps list only URLs of such rows::

        Address,Status Code,Indexability,Indexability Status
        https://example.com/new,200,Indexable,

    Source: own (Google: list the canonical URLs that you want to see in search results,
        https://developers.google.com/search/docs/crawling-indexing/sitemaps/build-sitemap)
    See also: SM701 SM703 SM704 SM705
    """
    if (against := site.list_comparison) is None:
        return
    name = format_value(against.name)
    for each in against.unlistable:
        yield from each.report(partial("{1} in {0}".format, name, each.cause))
