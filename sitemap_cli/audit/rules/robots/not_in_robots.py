"""Sitemaps that robots.txt does not list."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

FOUND = ("known-path", "html")


@rule("SM601", Severity.WARNING, Scope.SITE)
def not_in_robots(site: SiteFact) -> Hits:
    """No robots.txt lists the site's sitemaps.

    Checks: Sitemaps were found at a well-known URL or by a link in a page, but not by robots.txt.
        In a local build without the root of the host, robots.txt is unknown.
    Why: robots.txt is the one place where all search engines look for sitemaps.
    Fix: Add ``Sitemap: `` and the URL of the sitemap or index to robots.txt.
    Bad: ``/sitemap_index.xml`` exists, and robots.txt has no ``Sitemap:`` line
    Good: ``Sitemap: https://example.com/sitemap_index.xml``
    Source: https://www.sitemaps.org/protocol.html#submit_robots
    """
    ways = {each.discovered_by for each in site.sitemaps if each.is_readable}
    is_unknown = site.is_local and not any(each.is_at_root for each in site.robots)
    if "robots" in ways or "user" in ways or is_unknown:
        return
    for sitemap in site.sitemaps:
        if sitemap.discovered_by in FOUND and sitemap.is_readable:
            way = "at a well-known URL" if sitemap.discovered_by == "known-path" else "by a link in a page"
            yield Hit(f"found {way}, but robots.txt lists no sitemap", sitemap=sitemap.url)
