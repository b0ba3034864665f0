"""Relative URLs."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM302", Severity.ERROR, Scope.DOCUMENT)
def loc_not_absolute(sitemap: SitemapFact) -> Hits:
    """A URL is not absolute.

    Checks: ``loc`` has no scheme and host, a scheme other than http and https, or a misspelled one. Where
        an ``xml:base`` says what it is relative to, the finding names that.
    Why: The protocol requires absolute URLs, and most crawlers skip the entry.
    Fix: Write the full URL, beginning with ``https://``. Most programs add it when they know the URL of
        the site.
    Message: a relative URL, read as 'https://example.com/a': '/a'; a strict parser reads 0
        of 1 URL
    Bad::

        <url>
          <loc>/shop/lamp</loc>
        </url>

    Good::

        <url>
          <loc>https://example.com/shop/lamp</loc>
        </url>

    Systems:
        Next.js: ``url`` in ``app/sitemap.ts`` is written as it is: put the origin before the path.
        Astro: set ``site`` in ``astro.config.mjs``; it must begin with ``http://`` or ``https://``.
        Hugo: set ``baseURL`` to the full URL of the site.
        Gatsby: ``gatsby-plugin-sitemap`` reads ``siteUrl`` in ``siteMetadata``.
    Source: https://www.sitemaps.org/protocol.html#locdef
    See also: SM301 SM304 SM544 SM602
    """
    return sitemap.report_problems("loc-relative", "loc-scheme")
