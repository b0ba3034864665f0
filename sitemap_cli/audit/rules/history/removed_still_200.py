"""Removed pages that still respond with 200, and new pages that do not."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

REMOVED = "removed"


@rule("SM805", Severity.WARNING, Scope.HISTORY, needs=("previous_job", "changed_pages"), needs_complete=True)
def removed_still_200(site: SiteFact) -> Hits:
    """Removed pages still respond with 200, or new pages do not.

    Checks: A URL that the last accepted job for the same target listed, but this one does not, responds with
        status 200 and may be indexed, or a new URL does not respond with 200. Before the first check, the
        last complete job counts. The rule checks pages that ``sitemap probe`` has requested, including at
        most 50 of the removed ones.
    Why: Pages that are missing from the sitemap by accident go unnoticed. New pages that fail were listed too
        early.
    Fix:
        - removed page: List the page again. If it was removed on purpose, respond with 404 or 410, or
          redirect it.
        - new page: Publish a page before you list it, and list the URL that responds with 200.

    Message: removed page still responds with 200
    Bad: the sitemap no longer lists ``/lamp``::

        GET /lamp HTTP/1.1
        Host: example.com

        HTTP/1.1 200 OK

    Good::

        GET /lamp HTTP/1.1
        Host: example.com

        HTTP/1.1 301 Moved Permanently
        Location: https://example.com/lamps

    Source: own (what a site lists and what it serves should change together)
    See also: SM701 SM801 SM806
    """
    for page in site.changed_pages:
        if page.role != REMOVED:
            message, where = f"new page {_describe_response(page)}", page.sitemap
            yield Hit(message, loc=page.loc, line=page.line, sitemap=where, fix="new page")
        elif page.is_good and not page.is_noindex and page.soft_404 is None and not page.other_canonicals:
            message = f"removed page still responds with {page.status_code}"
            yield Hit(message, loc=page.loc, fix="removed page")


def _describe_response(page: PageFact) -> str:
    if page.is_redirect:
        return "redirects"
    return f"responds with {page.status_code}" if page.status_code else "does not respond"
