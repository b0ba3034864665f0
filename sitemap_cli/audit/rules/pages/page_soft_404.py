"""Missing pages that respond with status 200."""

from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM707", Severity.WARNING, Scope.PAGE, needs_complete=True)
def page_soft_404(page: PageFact) -> Hits:
    """A sitemap lists a page that says there is no such page, and calls that a success.

    Checks: A page answers 200 and its title says that nothing was found, in one of many languages; or its
        text is the same, nine parts in ten, as what its host answers, with 200 as well, to an address that
        nobody can have made. Known of pages that ``sitemap probe`` has asked.
    Why: Search engines see through it, and count it as an error. The second kind may be a page whose text
        only a browser with JavaScript gets to see.
    Fix: Answer 404 or 410, and take the address out of the sitemap; send the text with the page.
    Bad: ``200 OK`` and ``<title>Page not found</title>``
    Good: ``404 Not Found`` and ``<title>Page not found</title>``, and no such address in the sitemap
    Source: https://developers.google.com/search/docs/crawling-indexing/http-network-errors
    """
    if page.is_good and page.soft_404 == "title":
        yield Hit(f"answers {page.status_code}, and its title is {format_value(page.title or '')!r}")
    elif page.is_good and page.soft_404:
        yield Hit(f"answers {page.status_code}, and the same text as an address that does not exist")
