"""Mistakes in robots.txt that can hide a sitemap."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

TYPOS = (
    *("robots-sitemap-duplicate", "robots-sitemap-empty", "robots-sitemap-form", "robots-sitemap-invalid"),
    *("robots-typo", "robots-bom", "robots-html", "robots-binary", "robots-utf16", "robots-not-utf8"),
    "robots-too-many-sitemaps",
)


@rule("SM606", Severity.WARNING, Scope.SITE)
def robots_sitemap_typo(site: SiteFact) -> Hits:
    """A robots.txt is written so that crawlers may miss its sitemaps.

    Checks: The same sitemap is named twice, the name of the field is misspelled (``site-map``,
        ``sitemaps``), the line has no address or more than one; or the file is HTML, binary, not in UTF-8 or
        begins with a byte order mark.
    Why: Each crawler forgives other things.
    Fix: Write plain text in UTF-8, and each sitemap on a line of its own, once.
    Bad: ``Site-map: https://example.com/sitemap.xml``
    Good: ``Sitemap: https://example.com/sitemap.xml``
    Source: https://github.com/google/robotstxt https://www.rfc-editor.org/rfc/rfc9309#section-2.2
    """
    return site.report_robots_problems(*TYPOS)
