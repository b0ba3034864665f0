"""URLs that a list of the site's pages has and no sitemap lists."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM713", Severity.WARNING, Scope.SITE, needs=("list_comparison",), needs_complete=True, by_section=True)
def missing_from_sitemap(site: SiteFact) -> Hits:
    """A page of the site is in no sitemap.

    Checks: With ``--against FILE``, a file of URLs such as a crawl, a report or an access log, a URL of the
        site is in the file but in no sitemap. Spellings that differ in scheme, ``www.``, a slash at the end,
        a fragment or tracking parameters are one URL, unless ``--compare-exact`` is given. Left out, with a
        count, are rows with another status than 200, not indexable ones and other files than pages, URLs on
        other hosts, utility URLs (see SM316), and in logs URLs with parameters, unless the sitemaps list the
        same path with parameters.
    Why: Search engines find pages that no sitemap lists later, and notice later that they changed.
    Fix: List the pages that should be found in search, or set the others to noindex.
    Message: in crawl.csv but in no sitemap
    Bad: the crawl found a page that no sitemap lists::

        Address,Status Code,Indexability
        https://example.com/new-lamp,200,Indexable

    Good: a sitemap lists the page::

        <loc>https://example.com/new-lamp</loc>

    Source: own (Google: list the canonical URLs that you want to see in search results,
        https://developers.google.com/search/docs/crawling-indexing/sitemaps/build-sitemap)
    See also: SM316 SM711 SM714 SM753
    """
    if (against := site.list_comparison) is None:
        return
    name = format_value(against.name)
    for each in against.missing:
        yield from each.report(lambda _: f"in {name} but in no sitemap")
