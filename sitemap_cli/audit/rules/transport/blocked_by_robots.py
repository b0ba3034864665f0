"""Sitemaps that robots.txt disallows."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM104", Severity.ERROR, Scope.DOCUMENT)
def blocked_by_robots(sitemap: SitemapFact) -> Hits:
    """The site's robots.txt keeps crawlers from a sitemap.

    Checks: by the rules of RFC 9309, the robots.txt of the sitemap's host disallows its address to the
        user agent that asked (``--user-agent``; without one, to everybody).
    Why: A search engine that obeys does not read the sitemap.
    Fix: Take the rule out of robots.txt, or add an ``Allow`` for the sitemaps.
    Bad: ``Disallow: /files/`` and ``Sitemap: https://example.com/files/sitemap.xml``
    Good: ``Disallow: /files/`` and ``Allow: /files/sitemap.xml``
    Source: https://support.google.com/webmasters/answer/7451001 https://www.rfc-editor.org/rfc/rfc9309
    """
    return sitemap.report_failure("robots-disallowed")
