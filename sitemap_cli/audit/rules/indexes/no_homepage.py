"""Sites whose home page no sitemap lists."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM413", Severity.INFO, Scope.SITE, needs=("lists_home_page",))
def no_homepage(site: SiteFact) -> Hits:
    """No sitemap lists the home page.

    Checks: The whole site was read, not only a given sitemap or a part of the site, and no listed URL is the
        root URL of the site, or the base URL of a local build, with or without ``www`` or a trailing slash,
        in any equivalent spelling.
    Why: An export that leaves out the home page often leaves out other pages, too.
    Fix: List ``https://example.com/``.
    Message: https://example.com/ is in no sitemap
    Bad::

        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
          <url><loc>https://example.com/products/lamp</loc></url>
        </urlset>

    Good::

        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
          <url><loc>https://example.com/</loc></url>
          <url><loc>https://example.com/products/lamp</loc></url>
        </urlset>

    Systems:
        Magento: a home page that is a CMS page is listed under its URL key; see Stores >
            Configuration > General > Web > Default Pages.
    Source: own (the home page is a page)
    See also: SM208 SM711
    """
    is_whole = site.is_complete and site.scope is None
    named = any(each.discovered_by == "user" for each in site.sitemaps)
    if is_whole and site.urls and not named and not site.lists_home_page:
        home = f"{site.url.removesuffix('/')}{site.home}"
        yield Hit(f"{format_value(home)} is in no sitemap")
