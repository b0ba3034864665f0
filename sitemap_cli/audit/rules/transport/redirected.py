"""Sitemaps whose URL redirects."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

MOST_HOPS = 5
LOOPS = ("redirect-loop", "redirect-limit", "redirect-scheme", "redirect-sites")


@rule("SM103", Severity.WARNING, Scope.DOCUMENT)
def redirected(sitemap: SitemapFact) -> Hits:
    """The URL of a sitemap redirects.

    Checks: The response for a sitemap has a status of 3xx. More than 5 redirects, redirect loops and
        redirects to URLs that must not be requested are errors. Other redirects are warnings, including those
        from https to http.
    Why: Each redirect costs a request. Yandex asks to remove redirects of sitemaps, and Bing's guidelines of
        July 2025 are reported to do the same.
    Fix: Replace the URL with the final one in robots.txt, in the index, and where you submitted it.

        - loop or chain: Correct the redirect rules of the server: the URL of a sitemap should need no
          redirect at all.

    Message: 1 redirect to https://example.com/s.xml
    Bad::

        GET /sitemap.xml HTTP/1.1
        Host: example.com

        HTTP/1.1 301 Moved Permanently
        Location: https://example.com/sitemap_index.xml

    Good: robots.txt lists the last URL::

        Sitemap: https://example.com/sitemap_index.xml

    Systems:
        WordPress: ``/sitemap.xml`` redirects to ``/wp-sitemap.xml``; list and submit the latter.
        Yoast SEO: ``/sitemap.xml`` redirects to ``/sitemap_index.xml``; list and submit the
            latter.
        Shopify: the ``myshopify.com`` host redirects to the primary domain; submit the URL on the
            primary domain.
    Source:
        https://blogs.bing.com/webmaster/July-2025/Keeping-Content-Discoverable-with-Sitemaps-in-AI-Powered-Search
        https://yandex.com.tr/support/webmaster/indexing-options/sitemap.html?lang=en
    See also: SM105 SM405 SM603 SM703
    """
    yield from sitemap.report_failure(*LOOPS, severity=Severity.ERROR, fix="loop or chain")
    if sitemap.hops and sitemap.error not in LOOPS:
        count = len(sitemap.hops)
        severity = Severity.ERROR if count > MOST_HOPS else None
        down = ", from https to http" if any(sitemap.report_problems("redirect-downgrade")) else ""
        message = f"{count} redirect{'s' if count > 1 else ''} to {sitemap.final_url}{down}"
        fix = "loop or chain" if count > MOST_HOPS else None
        yield Hit(message, severity=severity, value=sitemap.final_url, fix=fix)
