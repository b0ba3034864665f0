"""URLs that are not valid."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM304", Severity.ERROR, Scope.DOCUMENT)
def loc_invalid(sitemap: SitemapFact) -> Hits:
    """A URL is not valid.

    Checks: ``loc`` is not valid by RFC 3986 (or RFC 3987, which allows all scripts): it contains spaces or
        control characters, an impossible host or port, two URLs in one, or a user name or password.
    Why: Crawlers skip the entry.
    Fix: Percent-encode characters that are not allowed (a space is ``%20``), and check for template
        placeholders that were not replaced.
    Bad: ``<loc>https://example.com/a b</loc>``
    Good: ``<loc>https://example.com/a%20b</loc>``
    Source: https://www.rfc-editor.org/rfc/rfc3986 https://www.sitemaps.org/faq.html
    """
    return sitemap.report_problems("loc-invalid", "loc-credentials")
