"""Sitemaps of an https site that are listed with http."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM105", Severity.WARNING, Scope.SITE)
def not_https(site: SiteFact) -> Hits:
    """A site that speaks https has a sitemap without it.

    Checks: the site was reached by https, and the address of one of its sitemaps begins with ``http://``.
        Addresses of pages are a matter of SM309.
    Why: The sitemap can be changed on its way, and search engines take http for another site.
    Fix: Name the sitemap by its https address in robots.txt and in the index.
    Bad: ``Sitemap: http://example.com/sitemap.xml``
    Good: ``Sitemap: https://example.com/sitemap.xml``
    Source: https://support.google.com/webmasters/answer/7451001
    """
    if site.url.startswith("https:"):
        for sitemap in site.sitemaps:
            if sitemap.url.startswith("http:"):
                yield Hit("the site speaks https, this address does not", sitemap=sitemap.url)
