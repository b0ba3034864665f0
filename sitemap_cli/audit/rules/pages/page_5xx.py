"""Pages with a 5xx status, or without a response."""

from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM702", Severity.ERROR, Scope.PAGE, needs_complete=True)
def page_5xx(page: PageFact) -> Hits:
    """A sitemap lists a page that its server fails to deliver.

    Checks: The address itself answers with a status of 5xx, too slowly, or not at all: no connection, no
        name, no valid certificate. Known of pages that ``sitemap probe`` has asked.
    Why: Search engines ask a site that fails less often, and drop pages that fail for long.
    Fix: Look into the log of the server for this address.
    Bad: ``<loc>https://example.com/search?q=</loc>``, which answers 500
    Good: Only addresses that answer 200
    Source: https://developers.google.com/search/docs/crawling-indexing/http-network-errors
    """
    if page.is_broken:
        code = page.status_code or 0
        why = page.error_message or page.error or "nothing"
        yield Hit(f"answers {code}" if code >= 500 else f"does not answer as it should: {format_value(why)}")
