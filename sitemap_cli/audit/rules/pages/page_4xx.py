"""Pages with a 4xx status."""

from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

MISSING = (404, 410)
CHECK = "check that Googlebot and Bingbot get 200"
MORE = {
    401: f" (login required) to this program; {CHECK}",
    403: f" to this program; {CHECK}",
    407: " (login at a proxy required)",
    410: " (gone for good)",
    451: " (blocked for legal reasons, perhaps only in this country)",
}
"""What the message says of a status that is not simply that of a missing page."""


@rule("SM701", Severity.ERROR, Scope.PAGE, by_section=True)
def page_4xx(page: PageFact) -> Hits:
    """A sitemap lists a page that is missing or forbidden.

    Checks: The URL itself responds with status 4xx. Responses of a firewall instead of the site, and 429,
        which is a rate limit, do not count. 401 and 403 count, but the site may send them only to unknown
        programs: if it sends them for every page of at least three, this is a warning. The rule checks
        pages that ``sitemap probe`` has requested.
    Why: The page cannot be indexed, and Search Console reports it as an error of a submitted URL.
    Fix: Make the URL respond with 200, or remove it from the sitemap.

        - missing: Remove the URL from the sitemap. If the page has moved, redirect the old URL and list
          the new one.
        - refused: Check with URL Inspection in Search Console that Googlebot gets 200. If not, exempt
          crawlers from the firewall, or remove pages that need a login from the sitemap.

    Message: responds with 404
    Bad: ``/sold-out`` is listed::

        GET /sold-out HTTP/1.1
        Host: example.com

        HTTP/1.1 404 Not Found

    Good::

        GET /lamp HTTP/1.1
        Host: example.com

        HTTP/1.1 200 OK

    Systems:
        Shopify: unpublish a product or a page, and it is no longer listed.
        WordPress: clear the page cache after pages were deleted; it may send an older sitemap.
    Source: https://support.google.com/webmasters/answer/7440203
    See also: SM102 SM702 SM703 SM707
    """
    code = page.status_code or 0
    if page.is_refused:
        message = f"responds with {code} to this program, like every page; {CHECK}"
        yield Hit(message, severity=Severity.WARNING, value=str(code), fix="refused")
    elif page.is_gone:
        fix = "missing" if code in MISSING else "refused" if code in MORE else None
        yield Hit(f"responds with {code}{MORE.get(code, '')}", value=str(code), fix=fix)
