"""Pages that forbid indexing."""

from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM704", Severity.ERROR, Scope.PAGE, by_section=True, covered_by=("SM716",))
def page_noindex(page: PageFact) -> Hits:
    """A sitemap lists a page with ``noindex``.

    Checks: A page with status 200 has ``noindex`` or ``none``, or ``unavailable_after`` with a date in the
        past, in ``<meta name="robots">`` of its head or in ``X-Robots-Tag``, for all crawlers or for
        Googlebot, bingbot or Yandex (with ``--engine``, only for that one). The rule checks pages that
        ``sitemap probe`` has requested.
    Why: The sitemap and the page contradict each other: one requests indexing, the other forbids it.
    Fix:
        - in the page: Remove the page from the sitemap, or the ``<meta>`` with ``noindex`` from the page if
          it should be found.
        - in a header: Remove the page from the sitemap, or ``X-Robots-Tag`` from the configuration of the
          server or the CDN.

    Message: noindex in <meta name="robots">
    Bad: a listed page::

        <head>
          <meta name="robots" content="noindex">
        </head>

    Good::

        <head>
          <meta name="robots" content="max-image-preview:large">
        </head>

    Systems:
        Yoast SEO: leaves out pages with noindex by itself, but not those with a header that a server or
            another plugin sends.
        Squarespace: Page settings > SEO > "Hide this page from search results" does both: noindex, and no
            entry in the sitemap.
        Vercel: preview deployments send ``X-Robots-Tag: noindex``; check the production domain.
    Source: https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag
    See also: SM705 SM706
    """
    if page.is_noindex:
        if page.noindex == "meta":
            names = page.noindex_for or ("robots",)
            place = " and ".join(f'<meta name="{format_value(each)}">' for each in names)
            yield Hit(f"noindex in {place}", fix="in the page")
            return
        crawlers = f" for {', '.join(page.noindex_for)}" if page.noindex_for else ""
        yield Hit(f"noindex in the X-Robots-Tag header{crawlers}", fix="in a header")
