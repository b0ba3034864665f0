"""Pages that a list and the sitemaps have in different spellings."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits, distribute_count, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM714", Severity.INFO, Scope.SITE, needs=("list_comparison",), needs_complete=True)
def spelled_differently(site: SiteFact) -> Hits:
    """A sitemap lists another spelling of a URL than a list of the site's pages has.

    Checks: With ``--against FILE``, a URL in the file and one in a sitemap differ only in their scheme, in
        ``www.`` or in the slash at the end, and the file does not have the URL of the sitemap. Fragments and
        tracking parameters do not count. With ``--compare-exact``, such URLs are different pages instead.
    Why: One of the two spellings redirects to the other, or both respond with the same page. Links and
        sitemaps should name the canonical URL, so that search engines need not choose one.
    Fix: Find out which spelling is the canonical one, and list that. Link to it, too, and redirect the other.
    Message: crawl.csv has https://example.com/a/
    Bad: links lead to ``https://example.com/lamps/``::

        <loc>https://example.com/lamps</loc>

    Good: the spelling of the links::

        <loc>https://example.com/lamps/</loc>

    Source: https://developers.google.com/search/docs/crawling-indexing/consolidate-duplicate-urls
    See also: SM309 SM312 SM711 SM713
    """
    if (against := site.list_comparison) is None:
        return
    name = format_value(against.name)
    for each in against.respelled:
        for url, count in distribute_count(each.count, each.examples):
            message = f"{name} has {format_value(url.listed)}"
            yield Hit(message, loc=url.loc, count=count, value=url.listed, cause=each.cause)
