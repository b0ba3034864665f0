"""Sites without any sitemap."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.html_everywhere import (
    HTML,
    list_html_responses,
    list_html_robots,
)
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity, Verdict

BEGINNING = "No sitemap found: "


@rule("SM607", Severity.ERROR, Scope.SITE)
def no_sitemap(site: SiteFact) -> Hits:
    """No sitemap was found.

    Checks: robots.txt, the well-known URLs and the home page lead to no sitemap, and no error or block
        prevented the search. A server that sends an HTML page for every URL, as a single-page application
        does, has none either: the message says what the pages are, such as a login or consent page, a
        parked domain or a soft 404, and SM111 and SM606 do not report them again.
    Why: Search engines find pages by links only, which takes longer for new pages and for those far from the
        home page.
    Fix: Publish a sitemap, and list it in robots.txt.

        - HTML for every URL: Exclude ``/robots.txt`` and ``/sitemap*.xml`` from the fallback to
          ``index.html`` (``try_files`` of nginx, ``rewrites`` in ``vercel.json``, ``_redirects`` of
          Netlify), then publish a sitemap, and list it in robots.txt.

    Message: no sitemap found: robots.txt names no sitemap, 42 usual sitemap URLs
        and the home page are missing (404)
    Bad: no ``Sitemap:`` line in robots.txt, and::

        GET /sitemap.xml HTTP/1.1
        Host: example.com

        HTTP/1.1 404 Not Found

    Good: a sitemap at any URL, and its line in robots.txt::

        Sitemap: https://example.com/sitemap.xml

    Systems:
        WordPress: no sitemap is published while Settings > Reading > "Discourage search engines"
            is on.
        Yoast SEO: Settings > Site features > XML sitemaps.
        Magento: Marketing > SEO & Search > Site Map, then schedule it in Stores > Configuration >
            Catalog > XML Sitemap.
        Next.js: add ``app/sitemap.ts``.
        Astro: add ``@astrojs/sitemap``, and set ``site``.
    Source: https://www.sitemaps.org/protocol.html#informing
    See also: SM111 SM208 SM601
    """
    if site.verdict not in (Verdict.ABSENT, Verdict.HTML_INSTEAD):
        return
    pages, robots = [each.url for each in list_html_responses(site)], list_html_robots(site)
    listed = [each.url for each in site.sitemaps if each.error == HTML and each.discovered_by != "user"]
    # Where only listed sitemaps are pages, SM111 reports each.
    explains = (*listed, *pages, *robots) if pages or robots else ()
    if site.error and site.error.startswith(BEGINNING) and explains:
        # The job's own explanation names the cause.
        fix = "HTML for every URL" if pages and "index.html" in site.error else None
        yield Hit(site.error, explains=explains, fix=fix)
    elif site.verdict == Verdict.ABSENT:
        yield Hit(site.error or "no sitemap found")
    elif pages:
        urls = f"{len(pages):,} usual sitemap URLs return" if len(pages) > 1 else "the usual URL returns"
        message = f"no sitemap found: {urls} an HTML page with status 200"
        yield Hit(message, explains=explains, fix="HTML for every URL")
