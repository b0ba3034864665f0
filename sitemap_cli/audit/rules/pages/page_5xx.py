"""Pages with a 5xx status, or without a response."""

from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.failure_reasons import describe_reason
from sitemap_cli.model.values import Severity


@rule("SM702", Severity.ERROR, Scope.PAGE, by_section=True)
def page_5xx(page: PageFact) -> Hits:
    """A sitemap lists a page that fails.

    Checks: The URL itself responds with status 5xx, too slowly, or not at all: the connection, the name
        lookup or the certificate check fails. The rule checks pages that ``sitemap probe`` has requested.
    Why: Search engines crawl a failing site less often, and remove pages that fail for long.
    Fix:
        - server error: Look for this URL in the error log of the server.
        - no response: Request the URL from outside your network (``curl -v``), and fix the problem that
          the message states.

    Message: responds with 500
    Bad: ``/search?q=`` is listed::

        GET /search?q= HTTP/1.1
        Host: example.com

        HTTP/1.1 500 Internal Server Error

    Good::

        GET /lamp HTTP/1.1
        Host: example.com

        HTTP/1.1 200 OK

    Source: https://developers.google.com/search/docs/crawling-indexing/http-network-errors
    See also: SM101 SM701 SM715
    """
    if page.is_broken:
        code = page.status_code or 0
        why = page.error_message or describe_reason(page.error)
        message = f"responds with {code}" if code >= 500 else f"cannot be fetched: {format_value(why)}"
        is_answer = code >= 500
        value, fix = (str(code), "server error") if is_answer else (page.error, "no response")
        yield Hit(message, value=value, fix=fix)
