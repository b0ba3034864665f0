"""Pages that were removed from, or added to, the sitemaps too early."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

REMOVED = "removed"


@rule("SM805", Severity.WARNING, Scope.HISTORY, needs=("previous_job", "changed_pages"), needs_complete=True)
def removed_still_200(site: SiteFact) -> Hits:
    """Pages were taken out of the sitemaps and are still there, or were added and are not.

    Checks: An address that the last complete job over the same target listed, and this one does not,
        answers 200 and may be indexed; or one that is new does not answer 200. Known of pages that ``sitemap
        probe`` has asked, which are at most fifty of those that were removed.
    Why: Nobody notices that a page got lost from the sitemap; a new one that fails was listed too early.
    Fix: List the page again, or remove or redirect it; publish new pages before they are listed.
    Bad: ``/lamp`` is no longer listed, and answers 200
    Good: ``/lamp`` is no longer listed, and answers 404 or 301
    Source: own (what a site lists and what it serves should change together)
    """
    for page in site.changed_pages:
        if page.role != REMOVED:
            yield Hit(
                f"is new, and {_describe_response(page)}", loc=page.loc, line=page.line, sitemap=page.sitemap
            )
        elif page.is_good and not page.is_noindex and page.soft_404 is None and not page.other_canonicals:
            yield Hit(f"is no longer listed, and still answers {page.status_code}", loc=page.loc)


def _describe_response(page: PageFact) -> str:
    if page.is_redirect:
        return "redirects"
    return f"answers {page.status_code}" if page.status_code else "does not answer"
