"""HTML pages at the URL of a sitemap."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM111", Severity.ERROR, Scope.DOCUMENT)
def html_instead(sitemap: SitemapFact) -> Hits:
    """The URL of a sitemap returns an HTML page.

    Checks: The body of a response with status 200 is HTML, such as a login page, an application shell or an
        error page.
    Why: Search engines find no URLs in it, and report this only in their consoles.
    Fix: Serve the sitemap at this URL. Respond with 404 if a file does not exist.
    Bad: ``/sitemap.xml`` returns ``<!doctype html>``
    Good: ``/sitemap.xml`` returns ``<urlset ...>``
    Source: https://support.google.com/webmasters/answer/7451001
    """
    return sitemap.report_failure("html-instead")
