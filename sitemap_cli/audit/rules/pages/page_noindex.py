"""Pages that forbid indexing."""

from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM704", Severity.ERROR, Scope.PAGE, needs_complete=True)
def page_noindex(page: PageFact) -> Hits:
    """A sitemap lists a page that asks not to be indexed.

    Checks: A page with status 200 says ``noindex`` or ``none``, or ``unavailable_after`` a date that has
        passed, in ``<meta name="robots">`` of its head or in ``X-Robots-Tag``, to all crawlers or to
        Googlebot, bingbot or Yandex, with ``--engine`` to that one's alone. Known of pages that ``sitemap
        probe`` has asked.
    Why: The sitemap asks for what the page forbids.
    Fix: Take the page out of the sitemap, or the directive out of the page.
    Bad: ``<meta name="robots" content="noindex">``
    Good: ``<meta name="robots" content="max-snippet:50">``
    Source: https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag
    """
    if page.is_noindex:
        by = "its head" if page.noindex == "meta" else "the header X-Robots-Tag"
        whom = ", ".join(page.noindex_for) or "search engines"
        yield Hit(f"{by} tells {whom} not to index it")
