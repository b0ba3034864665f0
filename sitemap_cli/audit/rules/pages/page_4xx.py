"""Pages with a 4xx status."""

from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

FORBIDDEN = (401, 403)


@rule("SM701", Severity.ERROR, Scope.PAGE, needs_complete=True)
def page_4xx(page: PageFact) -> Hits:
    """A sitemap lists a page that is not there, or that may not be read.

    Checks: The address itself answers with a status of 4xx. A firewall that answered in place of the
        site, and 429, which is about how often we asked, do not count. 401 and 403 do, but may be meant
        for programs that the site does not know. Known of pages that ``sitemap probe`` has asked.
    Why: A search engine asks for it in vain, again and again, and believes the rest of the sitemap less.
    Fix: Take the address out of the sitemap, redirect it to where the page has gone, or let it be read.
    Bad: ``<loc>https://example.com/sold-out</loc>``, which answers 404
    Good: Only addresses that answer 200
    Source: https://support.google.com/webmasters/answer/7440203
    """
    if page.is_gone:
        refused = page.status_code in FORBIDDEN
        more = ", be it to everybody or only to programs it does not know" if refused else ""
        yield Hit(f"answers {page.status_code}{more}")
