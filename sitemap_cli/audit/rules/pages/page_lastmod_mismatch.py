"""Pages that contradict their lastmod."""

from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.probed_pages import NEWER, PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM708", Severity.WARNING, Scope.PAGE)
def page_lastmod_mismatch(page: PageFact) -> Hits:
    """The ``lastmod`` of a page is not the time of its last change.

    Checks: The page is byte for byte the same as in an earlier job, but its ``lastmod`` is different. Or
        the ``Last-Modified`` header is more than a day before the day in ``lastmod``. It is an info if
        the header is more than a day after the end of that day: caches change files, too. A later
        ``Last-Modified`` is ignored if it is always the current time, or within the hour in which 80 % of
        the pages were modified, because the site was deployed then; so is one before the year 2000. The
        rule checks pages that ``sitemap probe`` has requested.
    Why: Google uses ``lastmod`` only while it is consistently accurate.
    Fix: Write when the content last changed, from the system that stores it, not when the sitemap was
        built.
    Message: lastmod is 2026-11-20, but Last-Modified is 2026-01-02
    Bad: the sitemap has ``<lastmod>2026-11-20</lastmod>``::

        HTTP/1.1 200 OK
        Last-Modified: Fri, 02 Jan 2026 00:00:00 GMT

    Good: the sitemap has ``<lastmod>2026-01-02</lastmod>``::

        HTTP/1.1 200 OK
        Last-Modified: Fri, 02 Jan 2026 00:00:00 GMT

    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/build-sitemap
    See also: SM326
    """
    if fault := page.lastmod_contradiction:
        # Caches and deployments change files, too.
        severity = Severity.INFO if fault.startswith(NEWER) else Severity.WARNING
        yield Hit(format_value(fault), severity=severity)
