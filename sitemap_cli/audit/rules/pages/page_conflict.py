"""Pages with several signals against indexing at once."""

from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.page_conflicts import find_conflict
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM716", Severity.ERROR, Scope.PAGE, needs=("permissions", "page_conflicts"))
def page_conflict(page: PageFact) -> Hits:
    """A sitemap lists a page that sends several contradictory signals.

    Checks: At least two of these are true for one page: it redirects to another page of the site, it has
        ``noindex`` (after a redirect: the page that it leads to), its canonical URL is another one, and
        robots.txt disallows it for Googlebot or bingbot, or for the crawler of ``--engine``. It is a warning
        if they are a redirect and a canonical URL. A redirect to a login or to a page that asks for consent
        is left to SM703. The page is then not reported by SM703, SM704, SM705 and
        SM706. Pages that robots.txt disallows for this program as well are not requested, so nothing is known
        of them. The rule checks pages that ``sitemap probe`` has requested.
    Why: Each signal alone has another fix, and a search engine chooses one of them. A crawler that may not
        fetch a page sees neither ``noindex`` nor a canonical URL nor a redirect on it, so the URL can stay in
        search results.
    Fix: Decide whether the page belongs in search results. If it does, let it respond with 200, without
        ``noindex``, allow it in robots.txt, and name its own URL as canonical. If it does not, remove it from
        the sitemap and keep one of the signals.

        - hidden noindex: To remove the page from search results, allow it in robots.txt until search engines
          have seen the ``noindex``, and remove it from the sitemap. To keep it there, remove both.
        - moved: List the URL that the page redirects to, and correct what that page says of itself.

    Message: listed, but has noindex in the head and names https://example.com/b as canonical
    Bad::

        User-agent: Googlebot
        Disallow: /old/

        <loc>https://example.com/old/lamp</loc>

        <meta name="robots" content="noindex">

    Good::

        <loc>https://example.com/lamp</loc>

        <link rel="canonical" href="https://example.com/lamp">

    Source: https://developers.google.com/search/docs/crawling-indexing/block-indexing
        https://developers.google.com/search/docs/crawling-indexing/consolidate-duplicate-urls#best-practices
    See also: SM703 SM704 SM705 SM706
    """
    if conflict := find_conflict(page):
        yield Hit(
            conflict.message,
            severity=conflict.severity,
            cause=conflict.cause,
            value=conflict.cause,
            fix=conflict.fix,
        )
