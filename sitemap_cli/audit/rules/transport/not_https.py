"""Sitemaps of an https site that are listed with http."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM105", Severity.WARNING, Scope.SITE)
def not_https(site: SiteFact) -> Hits:
    """A site that uses https has a sitemap with an http URL.

    Checks: The site was fetched over https, but the URL of one of its sitemaps begins with ``http://``. SM309
        checks the URLs of pages.
    Why: Attackers can change the sitemap in transit, and search engines treat http as another site.
    Fix: List the sitemap by its https URL in robots.txt and in the index.
    Message: the site uses https, this URL does not
    Bad::

        Sitemap: http://example.com/sitemap.xml

    Good::

        Sitemap: https://example.com/sitemap.xml

    Systems:
        WordPress: both addresses in Settings > General must begin with ``https://``.
        Magento: Stores > Configuration > General > Web > Base URLs (Secure).
        Astro: the option ``site`` in ``astro.config.mjs``.
        Hugo: ``baseURL`` in ``hugo.toml``.
    Source: own (the protocol demands one scheme for a sitemap and its URLs:
        https://www.sitemaps.org/protocol.html#location)
    See also: SM103 SM309
    """
    if site.url.startswith("https:"):
        for sitemap in site.sitemaps:
            if sitemap.url.startswith("http:"):
                yield Hit("the site uses https, this URL does not", sitemap=sitemap.url)
