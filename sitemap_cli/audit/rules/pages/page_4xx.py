"""Pages with a 4xx status."""

from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

FORBIDDEN = (401, 403)


@rule("SM701", Severity.ERROR, Scope.PAGE, by_section=True)
def page_4xx(page: PageFact) -> Hits:
    """A sitemap lists a page that is missing or forbidden.

    Checks: The URL itself responds with status 4xx. Responses of a firewall instead of the site, and 429,
        which is a rate limit, do not count. 401 and 403 count, but the site may send them only to unknown
        programs. The rule checks pages that ``sitemap probe`` has requested.
    Why: The page cannot be indexed, and Search Console reports it as an error of a submitted URL.
    Fix: Remove the URL from the sitemap, redirect it to the new location, or make it accessible.
    Message: responds with 404
    Bad: ``<loc>https://example.com/sold-out</loc>``, which responds with 404
    Good: Only URLs that respond with 200
    Source: https://support.google.com/webmasters/answer/7440203
    """
    if page.is_gone:
        refused = page.status_code in FORBIDDEN
        more = " to this program; check that Googlebot and Bingbot get 200" if refused else ""
        yield Hit(f"responds with {page.status_code}{more}", value=str(page.status_code))
