"""robots.txt files above the size limit."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM605", Severity.WARNING, Scope.SITE)
def robots_too_big(site: SiteFact) -> Hits:
    """A robots.txt is too large.

    Checks: The file has more than 512,000 bytes (500 KiB), or more rules with wildcards than this program
        applies.
    Why: Google ignores everything beyond 500 KiB, including sitemaps that are listed at the end. RFC 9309
        requires of crawlers to read that much.
    Fix: Combine rules with wildcards, and list sitemaps at the beginning.
    Message: more than 512,000 bytes; the rest is ignored
    Bad: 20,000 lines like these::

        Disallow: /archive/2001/01/
        Disallow: /archive/2001/02/

    Good::

        Disallow: /archive/

        Sitemap: https://example.com/sitemap.xml

    Source: https://www.rfc-editor.org/rfc/rfc9309#section-2.5
        https://developers.google.com/crawling/docs/robots-txt/robots-txt-spec
    See also: SM604 SM606
    """
    return site.report_robots_problems("robots-too-large", "robots-too-many-rules")
