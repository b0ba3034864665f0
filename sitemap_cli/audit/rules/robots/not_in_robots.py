"""Sitemaps that robots.txt does not list."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.html_everywhere import list_html_robots
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import textual_origin

FOUND = ("known-path", "html")


@rule("SM601", Severity.WARNING, Scope.SITE)
def not_in_robots(site: SiteFact) -> Hits:
    """No robots.txt lists the site's sitemaps.

    Checks: Sitemaps were found at a well-known URL or by a link in a page, but not by robots.txt. Nothing is
        reported where robots.txt could not be read (SM604), is a page (SM606), lists other sitemaps, which
        are dead (SM603), or lies outside of a local build.
    Why: Search engines that support the protocol read ``Sitemap:`` lines. Without one, the sitemap has to be
        submitted to each of them.
    Fix: Add ``Sitemap: `` and the URL of the sitemap or index to robots.txt.
    Message: found at a well-known URL, but robots.txt lists no sitemap
    Bad::

        User-agent: *
        Disallow: /cart/

    Good::

        User-agent: *
        Disallow: /cart/

        Sitemap: https://example.com/sitemap_index.xml

    Systems:
        Yoast SEO: the virtual robots.txt has the line. A file ``robots.txt`` in the root folder
            hides that one; edit it in Yoast SEO > Tools > File editor.
        Shopify: the default robots.txt has the line. A ``robots.txt.liquid`` that replaces the
            default groups loses it.
        Magento: Stores > Configuration > Catalog > XML Sitemap > Search Engine Submission
            Settings > Enable Submission to Robots.txt.
        Next.js: the field ``sitemap`` in ``app/robots.ts``.
        Astro: ``@astrojs/sitemap`` writes no robots.txt; add ``public/robots.txt`` with the URL
            of ``sitemap-index.xml``.
    Source: https://www.sitemaps.org/protocol.html#submit_robots
    See also: SM602 SM606 SM607
    """
    ways = {each.discovered_by for each in site.sitemaps if each.is_readable}
    is_outside = site.is_local and not any(each.is_at_root for each in site.robots)
    if "robots" in ways or "user" in ways or is_outside:
        return
    # SM606 reports a robots.txt that is a page, SM603 one that lists other sitemaps, which are dead.
    pages = list_html_robots(site)
    unknown = {
        textual_origin(each.url)
        for each in site.robots
        if not each.is_known or each.url in pages or each.sitemaps
    }
    for sitemap in site.sitemaps:
        if sitemap.discovered_by in FOUND and sitemap.is_readable and sitemap.origin not in unknown:
            way = "at a well-known URL" if sitemap.discovered_by == "known-path" else "by a link in a page"
            yield Hit(f"found {way}, but robots.txt lists no sitemap", sitemap=sitemap.url)
