"""Missing pages that respond with status 200."""

from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM707", Severity.WARNING, Scope.PAGE, by_section=True)
def page_soft_404(page: PageFact) -> Hits:
    """A sitemap lists a missing page that responds with status 200.

    Checks: A page responds with status 200, but its title says that the page was not found, in one of many
        languages. Or at least 90 % of its text is the same as the response of its host, also with status 200,
        to a random URL. The rule checks pages that ``sitemap probe`` has requested.
    Why: Search engines detect soft 404s and report them as errors. In the second case, the page may need
        JavaScript to show its text.
    Fix: Respond with 404 or 410, and remove the URL from the sitemap. If the page exists, send its text in
        the HTML.
    Message: responds with 200, but its title is 'Page not found … Shop'
    Bad: ``200 OK`` and ``<title>Page not found</title>``
    Good: ``404 Not Found`` and ``<title>Page not found</title>``, and no entry in the sitemap
    Source: https://developers.google.com/search/docs/crawling-indexing/http-network-errors
    """
    if page.is_good and page.soft_404 == "title":
        yield Hit(
            f"responds with {page.status_code}, but its title is {format_value(page.title or '')!r}",
            value=page.title,
        )
    elif page.is_good and page.soft_404:
        yield Hit(f"responds with {page.status_code}, but with the text of a missing page")
