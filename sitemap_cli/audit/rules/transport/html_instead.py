"""HTML pages at the URL of a sitemap."""

from collections.abc import Iterator

from sitemap_cli.audit.facts import SiteFact, SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.html_everywhere import find_html_sitemap
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


def _check_site(site: SiteFact) -> Iterator[Hit]:
    """Yield a hit for the usual URL of a sitemap, which no sitemap of the job stands for."""
    if (url := find_html_sitemap(site)) is not None:
        yield Hit("an HTML page instead of a sitemap, with status 200", sitemap=url)


@rule("SM111", Severity.ERROR, Scope.DOCUMENT, check_site=_check_site, covered_by=("SM607",))
def html_instead(sitemap: SitemapFact) -> Hits:
    """The URL of a sitemap returns an HTML page.

    Checks: The body of a response with status 200 is HTML, such as a login page, an application shell or an
        error page. Where no sitemap was found, this includes ``/sitemap.xml``, which nothing lists.
    Why: Search engines find no URLs in it, and report this only in their consoles.
    Fix: Serve the sitemap at this URL. Respond with 404 if a file does not exist.
    Message: the response is a login page
    Bad::

        HTTP/1.1 200 OK
        Content-Type: text/html

        <!doctype html>
        <title>Our shop</title>

    Good::

        HTTP/1.1 200 OK
        Content-Type: application/xml

        <?xml version="1.0" encoding="UTF-8"?>
        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">

    Systems:
        nginx: ``location = /sitemap.xml { try_files $uri =404; }`` keeps the fallback to
            ``index.html`` away from it.
        Vercel: a file in the output folder wins over ``rewrites``; publish ``sitemap.xml`` there.
        Netlify: a file in the publish folder wins over ``/* /index.html 200``, unless the rule
            ends in ``200!``.
    Source: https://support.google.com/webmasters/answer/7451001
    See also: SM110 SM205 SM607 SM707
    """
    return sitemap.report_failure("html-instead")
