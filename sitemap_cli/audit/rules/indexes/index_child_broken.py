"""Indexes that list an unreadable sitemap."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.failure_cases import name_failure
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.index_children import list_index_children
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.failure_reasons import describe_reason
from sitemap_cli.model.values import Severity


@rule(
    "SM405",
    Severity.ERROR,
    Scope.SITE,
    covered_by=(
        "SM101",
        "SM103",
        "SM104",
        "SM108",
        "SM111",
        "SM201",
        "SM202",
        "SM205",
        "SM209",
        "SM406",
        "SM804",
    ),
)
def index_child_broken(site: SiteFact) -> Hits:
    """An index lists a sitemap that cannot be read.

    Checks: A child does not respond with status 200 and a sitemap, a feed or a list of URLs. One that
        robots.txt disallows for this program is not requested; see SM104.
    Why: Crawlers do not find the pages that only this sitemap lists.
    Fix: Make the URL respond with 200 and a sitemap, or remove it from the index.

        - missing: Restore the sitemap, or remove it from the index. Generate the index from the files
          that exist.
        - refused: Exempt sitemaps from the rules of the firewall, the CDN or the bot protection.
        - server error: Look for this URL in the error log of the server.

    Message: the server responded with status 404
    Bad: the second sitemap responds with 404::

        <sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
          <sitemap><loc>https://example.com/posts-1.xml</loc></sitemap>
          <sitemap><loc>https://example.com/posts-2.xml</loc></sitemap>
        </sitemapindex>

    Good: the index lists what exists::

        <sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
          <sitemap><loc>https://example.com/posts-1.xml</loc></sitemap>
        </sitemapindex>

    Systems:
        Yoast SEO: clear the cache of the page cache plugin and of the CDN: they may send an older
            index.
        Next.js: the ids of ``generateSitemaps`` and the URLs that your index or ``app/robots.ts``
            lists must be the same.
    Source: https://support.google.com/webmasters/answer/7451001
    See also: SM804
    """
    for parent, child, line in list_index_children(site):
        if child.has_failed and not child.is_readable:
            why = child.error_message or describe_reason(child.error)
            yield Hit(why, loc=child.url, line=line, sitemap=parent.url, fix=name_failure(child))
