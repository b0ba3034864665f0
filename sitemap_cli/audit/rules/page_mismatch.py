"""Where a page and the sitemap contradict each other."""

from sitemap_cli.audit.entry_batch import shown
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM708", "page-lastmod-mismatch", Severity.WARNING, Scope.PAGE)
def page_lastmod_mismatch(page: PageFact) -> Hits:
    """The lastmod of a page is not when it last changed.

    Criterion: the page is the same to the byte as when an earlier job asked it, and its ``lastmod`` is not;
        or the header ``Last-Modified`` is more than a day after the end of the day that ``lastmod`` names,
        or more than a day before it. A server that says "now" each time says nothing. Known of pages that
        ``sitemap probe`` has asked.
    Why: Google heeds ``lastmod`` only while it proves to be true.
    Mend: Write when the content last changed, from where it is kept, not when the sitemap was built.
    Bad: ``<lastmod>2026-11-20</lastmod>`` and ``Last-Modified: Fri, 02 Jan 2026 00:00:00 GMT``
    Good: ``<lastmod>2026-01-02</lastmod>`` and ``Last-Modified: Fri, 02 Jan 2026 00:00:00 GMT``
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/build-sitemap
    """
    if fault := page.lastmod_fault:
        yield Hit(shown(fault))


@rule("SM709", "page-hreflang-mismatch", Severity.WARNING, Scope.PAGE)
def page_hreflang_mismatch(page: PageFact) -> Hits:
    """A page and the sitemap name different versions in other languages.

    Criterion: a page with status 200 names versions by ``rel="alternate" hreflang``, in its head or in a
        ``Link`` header, the sitemap names some by ``xhtml:link``, and they are not the same. One of the two
        is enough, so it is no fault if the other names none. Known of pages that ``sitemap probe`` has asked.
    Why: Where the two contradict each other, nobody can tell which versions are meant.
    Mend: Keep to one of the two ways, or make both from the same source.
    Bad: the sitemap names ``de`` and ``fr``, the page ``de`` only
    Good: both name ``de`` and ``fr`` with the same addresses
    Source: https://developers.google.com/search/docs/specialty/international/localized-versions
    """
    if fault := page.version_fault:
        yield Hit(shown(fault))
