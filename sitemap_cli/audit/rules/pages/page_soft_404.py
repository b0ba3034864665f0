"""Missing pages that respond with status 200."""

from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.probed_pages import SHELL, PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

UNKNOWN = (
    "sends the same HTML without text as for any URL, also one that does not exist; JavaScript shows the page"
)


@rule("SM707", Severity.WARNING, Scope.PAGE, by_section=True)
def page_soft_404(page: PageFact) -> Hits:
    """A sitemap lists a missing page that responds with status 200.

    Checks: A page responds with status 204, or with 200 but without any content, or with 200 and a title
        that says, in one of many languages, that the page was not found. Or at least 90 % of its text is
        the same as the response of its host, also with status 200, to a random URL. It is an info if both
        have at most 30 words and scripts: then a script shows the page, and nothing is known of it. A
        title does not count if it is that of an article about errors, or if the path of the URL has a
        word such as ``404``. The rule checks pages that ``sitemap probe`` has requested.
    Why: Search engines detect soft 404s and report them as errors. In the second case, the page may need
        JavaScript to show its text.
    Fix:
        - missing page: Respond with 404 or 410, and remove the URL from the sitemap.
        - same text: If the page is missing, respond with 404. If it exists, send its text in the HTML:
          without JavaScript, it looks like a missing page.

    Message: responds with 200, but its title is 'Page not found … Shop'
    Bad::

        HTTP/1.1 200 OK
        Content-Type: text/html

        <!doctype html>
        <title>Page not found</title>

    Good: and no entry in the sitemap::

        HTTP/1.1 404 Not Found
        Content-Type: text/html

        <!doctype html>
        <title>Page not found</title>

    Systems:
        Next.js: call ``notFound()``; in a page that has begun to stream, the status is 200
            already.
        Single-page applications: a fallback to ``index.html`` answers every URL with 200; render
            pages on the server, or build them.
    Source: https://developers.google.com/search/docs/crawling-indexing/http-network-errors
    See also: SM111 SM701
    """
    if page.has_no_content:
        yield Hit(f"responds with {page.status_code}, but without any content", fix="missing page")
    elif page.is_good and page.soft_404 == "title":
        yield Hit(
            f"responds with {page.status_code}, but its title is {format_value(page.title or '')!r}",
            value=page.title,
            fix="missing page",
        )
    elif page.is_good and page.soft_404 == SHELL:
        yield Hit(UNKNOWN, severity=Severity.INFO, fix="same text")
    elif page.is_good and page.soft_404:
        message = f"responds with {page.status_code}, but with the same text as for a URL that does not exist"
        yield Hit(message, fix="same text")
