"""URLs that several sitemaps list."""

from itertools import chain
from typing import TYPE_CHECKING

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits, distribute_count, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sitemap_cli.audit.joint_facts import SharedAcrossSites

NAMED = 3
"""The number of sitemaps in a message."""


@rule("SM411", Severity.INFO, Scope.SITE, needs=("duplicates", "shared_across_sites"))
def url_in_many_sitemaps(site: SiteFact) -> Hits:
    """Several sitemaps list the same URL.

    Checks: The same ``loc``, in whichever spelling, is in two or more files of the job. Each URL counts once.
        A file with the same content as another file is one finding. Sitemaps for news, videos and images, and
        feeds of the latest pages, are not compared with other sitemaps: Google recommends or allows them
        beside these. With ``--together``, a URL on another host that a sitemap may list (cross-submission)
        counts, too, if a sitemap of another of the sites lists it.
    Why: Reports by sitemap no longer add up, and ``lastmod`` values can contradict each other.
    Fix: List every page in only one sitemap.
    Message: https://example.com/x is in 2 sitemaps: https://example.com/a.xml, https://example.com/b.xml
    Bad: ``pages.xml`` and ``posts.xml`` both list the page::

        <url>
          <loc>https://example.com/lamps</loc>
        </url>

    Good: only ``pages.xml`` lists the page
    Systems:
        WordPress: two active SEO plugins publish two sets of sitemaps; switch one off, and its
            line in robots.txt.
        Shopify: apps that publish sitemaps of their own repeat ``/sitemap.xml``; list one of both
            in robots.txt.
    Source: own (Google Search Console reports by sitemap; separate news sitemaps:
        https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap and feeds:
        https://developers.google.com/search/blog/2014/10/best-practices-for-xml-sitemaps-rssatom)
    See also: SM311 SM312 SM404
    """
    for copy in site.duplicates.copies:
        message = f"sitemap has the same content as {format_value(copy.original)}"
        yield Hit(message, sitemap=copy.sitemap, cause=message)
    yield from _report_shared_across_sites(site)
    shared = (distribute_count(each.count, each.examples) for each in site.duplicates.shared)
    for url, times in chain.from_iterable(shared):
        named = ", ".join(map(format_value, url.sitemaps[:NAMED]))
        more = f" and {len(url.sitemaps) - NAMED:,} more" if len(url.sitemaps) > NAMED else ""
        message = f"{format_value(url.loc)} is in {len(url.sitemaps):,} sitemaps: {named}{more}"
        yield Hit(message, loc=url.loc, line=url.line, count=times, value=url.loc)


def _report_shared_across_sites(site: SiteFact) -> Hits:
    """Yield a hit for each URL that another site lists as well; SM308 reports those without a proof."""
    shared: Sequence[SharedAcrossSites] = site.other_facts.get("shared_across_sites", ())
    for each in shared:
        sitemap = site.sitemaps_by_url[each.sitemap]
        if not site.can_list(sitemap, each.origin):
            continue
        for url, times in distribute_count(each.urls.count, each.urls.examples):
            *_, other = url.sitemaps
            message = f"{format_value(url.loc)} is in a sitemap of another site, too: {format_value(other)}"
            yield Hit(
                message,
                loc=url.loc,
                line=url.line,
                count=times,
                sitemap=each.sitemap,
                value=url.loc,
                cause=f"URLs are in a sitemap of another site, too: {format_value(other)}",
            )
