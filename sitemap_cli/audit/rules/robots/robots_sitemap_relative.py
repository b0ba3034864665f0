"""Relative URLs in Sitemap lines of robots.txt."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM602", Severity.ERROR, Scope.SITE)
def robots_sitemap_relative(site: SiteFact) -> Hits:
    """A robots.txt lists a sitemap by a URL that is not absolute.

    Checks: The value of a ``Sitemap:`` line has no scheme and host, or a scheme other than http and https.
    Why: The line requires an absolute URL; what crawlers do with another value is not documented.
    Fix: Write the absolute URL.
    Message: the URL is not absolute, read as 'https://example.com/sitemap.xml': '/sitemap.xml'
    Bad::

        Sitemap: /sitemap.xml

    Good::

        Sitemap: https://example.com/sitemap.xml

    Systems:
        Next.js: the field ``sitemap`` in ``app/robots.ts`` must be an absolute URL; it is printed
            as it is.
    Source: https://developers.google.com/crawling/docs/robots-txt/robots-txt-spec#sitemap
    See also: SM302 SM601 SM606
    """
    return site.report_robots_problems("robots-sitemap-relative", "robots-sitemap-scheme")
