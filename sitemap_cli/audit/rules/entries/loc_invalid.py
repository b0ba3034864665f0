"""URLs that are not valid."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM304", Severity.ERROR, Scope.DOCUMENT)
def loc_invalid(sitemap: SitemapFact) -> Hits:
    """An address is none.

    Checks: ``loc`` does not fit RFC 3986 (or 3987, with letters of any script): blanks or control
        characters in it, a host or port that cannot be, two addresses in one; also one with a name or
        password.
    Why: Crawlers drop the entry.
    Fix: Percent-encode what may not stand there (a blank is ``%20``), and look for templates that were not
        filled in.
    Bad: ``<loc>https://example.com/a b</loc>``
    Good: ``<loc>https://example.com/a%20b</loc>``
    Source: https://www.rfc-editor.org/rfc/rfc3986 https://www.sitemaps.org/faq.html
    """
    return sitemap.report_problems("loc-invalid", "loc-credentials")
