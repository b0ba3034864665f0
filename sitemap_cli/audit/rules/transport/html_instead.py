"""HTML pages in the place of a sitemap."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM111", Severity.ERROR, Scope.DOCUMENT)
def html_instead(sitemap: SitemapFact) -> Hits:
    """An HTML page stands where a sitemap should be.

    Checks: the body, answered 200, is HTML: a login, the shell of an application, an error page.
    Why: A search engine finds nothing in it, and says so only in its console.
    Fix: Let the address answer with the sitemap itself; let what is missing answer 404.
    Bad: ``/sitemap.xml`` answers ``<!doctype html>``
    Good: ``/sitemap.xml`` answers ``<urlset ...>``
    Source: https://support.google.com/webmasters/answer/7451001
    """
    return sitemap.report_failure("html-instead")
