"""Elements that occur more than once in an entry."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM207", Severity.WARNING, Scope.DOCUMENT)
def duplicate_tag(sitemap: SitemapFact) -> Hits:
    """An entry has an element twice that it may have once.

    Checks: two or more of ``loc``, ``lastmod``, ``changefreq`` or ``priority`` in one entry, or of a field
        of an image, video or article that may occur once.
    Why: Nobody knows which of them counts; search engines reject the entry or take the first.
    Fix: Write each once.
    Bad: ``<lastmod>2026-11-01</lastmod><lastmod>2026-11-02</lastmod>``
    Good: ``<lastmod>2026-11-02</lastmod>``
    Source: https://support.google.com/webmasters/answer/7451001
    """
    return sitemap.report_problems("duplicate-tag")
