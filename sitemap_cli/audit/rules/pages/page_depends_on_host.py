"""Listed URLs that hosts map to files in different ways."""

from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM751", Severity.INFO, Scope.PAGE, by_value=True, needs=("build",))
def page_depends_on_host(page: PageFact) -> Hits:
    """It depends on the host whether a listed URL is the final URL of its page.

    Checks: A local build is checked with ``--probe``, and some hosts redirect the URL, or respond with
        404: ``/x`` for ``x/index.html``, ``/x`` for ``x.html``, ``/x.html``, or ``/x/index.html``.
        ``/x/`` for ``x.html`` is a warning, because several hosts respond with 404, and an error on
        GitHub Pages, which always does. If the base URL or a configuration file shows the host, only that
        host counts. ``cleanUrls`` and ``trailingSlash`` are taken into account.
    Why: A sitemap should list final URLs. Each redirect costs a request, and the redirected URL is reported
        as a page with redirect.
    Fix: List the URLs as your host serves them, or set ``trailingSlash`` of the generator or of the host.
    Message: the page is x/index.html, and the URL has no slash at the end: GitHub Pages
        redirects to the URL with a slash
    Bad: the page is ``about/index.html``, and the host is GitHub Pages::

        <loc>https://example.com/about</loc>

    Good::

        <loc>https://example.com/about/</loc>

    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/build-sitemap
        https://developers.cloudflare.com/pages/configuration/serving-pages/
        https://github.com/slorber/trailing-slash-guide/blob/main/docs/Hosting-Providers.md
    See also: SM703 SM750 SM752
    """
    served = None if page.build is None else page.build.served
    if served is not None and not page.is_redirect:
        message = format_value(served.message) if len(served.message) > 1_000 else served.message
        yield Hit(message, severity=served.severity, value=message)
