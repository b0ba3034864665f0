"""URLs that the sitemaps list and a list of the site's pages does not have."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM711", Severity.INFO, Scope.SITE, needs=("list_comparison",), needs_complete=True, by_section=True)
def not_in_list(site: SiteFact) -> Hits:
    """A URL is in a sitemap but not in a list of the site's pages: it may be an orphan page.

    Checks: With ``--against FILE``, a file of URLs such as a crawl, a report or an access log, a URL is in a
        sitemap but not in the file. Spellings that differ in scheme, ``www.``, a slash at the end, a fragment
        or tracking parameters are one URL, unless ``--compare-exact`` is given. URLs that the file has as
        not indexable are reported by SM723 instead.
    Why: A crawler that follows links did not find the page, so no page links to it. In a report of Search
        Console or Analytics, and in a log, the page had no visits in that time.
    Fix: Link to the page from a page that people and crawlers find, or remove it from the sitemap.
    Message: in a sitemap but not in crawl.csv
    Bad: the crawl of the site, ``--against crawl.csv``, has no ``/summer-sale``::

        <loc>https://example.com/summer-sale</loc>

    Good: a page that the crawl found::

        <loc>https://example.com/lamps/summer-sale</loc>

    Source: own (Google finds most pages by links,
        https://developers.google.com/search/docs/crawling-indexing/links-crawlable)
    See also: SM713 SM714 SM723
    """
    if (against := site.list_comparison) is None:
        return
    name = format_value(against.name)
    for each in against.extra:
        yield from each.report(lambda _: f"in a sitemap but not in {name}")
