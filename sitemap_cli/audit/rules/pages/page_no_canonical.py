"""Pages without a canonical URL."""

from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM717", Severity.INFO, Scope.PAGE, opt_in=True, by_section=True)
def page_no_canonical(page: PageFact) -> Hits:
    """A listed page names no canonical URL.

    Checks: An HTML page with status 200 has no ``rel="canonical"`` link, neither in the first 256 KiB of
        its head nor in a ``Link`` header. The rule runs only if it is selected by its id or name:
        ``--select SM,SM717`` adds it to all others. It checks pages that ``sitemap probe`` has requested.
    Why: None is needed. A page that names itself stays the canonical one if it is also found under other
        URLs, such as with tracking parameters.
    Fix: Add a link to the URL of the page itself.
    Message: no canonical URL
    Bad::

        <head>
          <title>Lamp</title>
        </head>

    Good::

        <head>
          <title>Lamp</title>
          <link rel="canonical" href="https://example.com/lamp">
        </head>

    Source: https://developers.google.com/search/docs/crawling-indexing/consolidate-duplicate-urls
    See also: SM705
    """
    if page.is_good and page.is_html and not page.canonicals and page.soft_404 is None:
        yield Hit("no canonical URL")
