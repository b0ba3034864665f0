"""Sitemaps that robots.txt does not list."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

FOUND = ("known-path", "html")


@rule("SM601", Severity.WARNING, Scope.SITE)
def not_in_robots(site: SiteFact) -> Hits:
    """No robots.txt names the site's sitemaps.

    Checks: Sitemaps were found by guessing their address or by a link in a page, and none by robots.txt.
    Why: robots.txt is the one place in which every search engine looks.
    Fix: Add ``Sitemap: `` and the address of the sitemap, or of the index, to robots.txt.
    Bad: ``/sitemap_index.xml`` exists, and robots.txt has no ``Sitemap:`` line
    Good: ``Sitemap: https://example.com/sitemap_index.xml``
    Source: https://www.sitemaps.org/protocol.html#submit_robots
    """
    ways = {each.discovered_by for each in site.sitemaps if each.is_readable}
    if "robots" in ways or "user" in ways:
        return
    for sitemap in site.sitemaps:
        if sitemap.discovered_by in FOUND and sitemap.is_readable:
            way = "by a guess" if sitemap.discovered_by == "known-path" else "by a link in a page"
            yield Hit(f"found {way}, and robots.txt names no sitemap", sitemap=sitemap.url)
