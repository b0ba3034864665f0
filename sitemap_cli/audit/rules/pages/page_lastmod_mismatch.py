"""Pages that contradict their lastmod."""

from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM708", Severity.WARNING, Scope.PAGE, needs_complete=True)
def page_lastmod_mismatch(page: PageFact) -> Hits:
    """The lastmod of a page is not when it last changed.

    Checks: The page is the same to the byte as when an earlier job asked it, and its ``lastmod`` is not;
        or the header ``Last-Modified`` is more than a day after the end of the day that ``lastmod`` names,
        or more than a day before it. A server that says "now" each time says nothing. Known of pages that
        ``sitemap probe`` has asked.
    Why: Google heeds ``lastmod`` only while it proves to be true.
    Fix: Write when the content last changed, from where it is kept, not when the sitemap was built.
    Bad: ``<lastmod>2026-11-20</lastmod>`` and ``Last-Modified: Fri, 02 Jan 2026 00:00:00 GMT``
    Good: ``<lastmod>2026-01-02</lastmod>`` and ``Last-Modified: Fri, 02 Jan 2026 00:00:00 GMT``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/build-sitemap
    """
    if fault := page.lastmod_contradiction:
        yield Hit(format_value(fault))
