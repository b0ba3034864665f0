"""HTML pages at the URL of a sitemap."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.html_everywhere import find_html_sitemap
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM111", Severity.ERROR, Scope.SITE)
def html_instead(site: SiteFact) -> Hits:
    """The URL of a sitemap returns an HTML page.

    Checks: The body of a response with status 200 is HTML, such as a login page, an application shell or an
        error page. Where no sitemap was found, this includes ``/sitemap.xml``, which nothing lists.
    Why: Search engines find no URLs in it, and report this only in their consoles.
    Fix: Serve the sitemap at this URL. Respond with 404 if a file does not exist.
    Bad: ``/sitemap.xml`` returns ``<!doctype html>``
    Good: ``/sitemap.xml`` returns ``<urlset ...>``
    Source: https://support.google.com/webmasters/answer/7451001
    """
    for sitemap in site.sitemaps:
        for hit in sitemap.report_failure("html-instead"):
            yield Hit(hit.message, sitemap=sitemap.url)
    if (url := find_html_sitemap(site)) is not None:
        yield Hit("an HTML page instead of a sitemap, with status 200", sitemap=url)
