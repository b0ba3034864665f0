"""Sitemaps that robots.txt disallows."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM104", Severity.ERROR, Scope.DOCUMENT)
def blocked_by_robots(sitemap: SitemapFact) -> Hits:
    """robots.txt disallows a sitemap.

    Checks: By the rules of RFC 9309, the robots.txt of the sitemap's host disallows its URL for the user
        agent of the request (``--user-agent``; by default the rules for ``*``).
    Why: Search engines that obey robots.txt do not read the sitemap.
    Fix: Remove the rule from robots.txt, or add an ``Allow`` rule for the sitemaps.
    Bad: ``Disallow: /files/`` and ``Sitemap: https://example.com/files/sitemap.xml``
    Good: ``Disallow: /files/`` and ``Allow: /files/sitemap.xml``
    Source: https://support.google.com/webmasters/answer/7451001 https://www.rfc-editor.org/rfc/rfc9309
    """
    return sitemap.report_failure("robots-disallowed")
