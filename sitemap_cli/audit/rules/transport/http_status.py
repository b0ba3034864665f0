"""Sitemaps with an HTTP status other than 200."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.failure_cases import is_blocked, name_failure
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM102", Severity.ERROR, Scope.DOCUMENT, covered_by=("SM405", "SM603"))
def http_status(sitemap: SitemapFact) -> Hits:
    """A sitemap does not respond with status 200.

    Checks: The status of the last response, after redirects, is not 200. The statuses 401, 402, 403, 407,
        429, 430, 451 and 999 and bot challenges are reported as blocked, because browsers may still get 200.
        The URLs of a sitemap that comes with a 404 or 410 are recorded nevertheless, and so are those of one
        that comes with 201, 202 or 203, which is a warning. Where an index or a robots.txt lists the sitemap,
        SM405 or SM603 reports that line instead.
    Why: Search engines read a sitemap only if its status is 200.
    Fix: Make the URL respond with 200 for all clients.

        - missing: Restore the file, or remove its URL from the index, from robots.txt and from where you
          submitted it.
        - refused: Exempt sitemaps from the rules of the firewall, the CDN or the bot protection: they are
          meant for programs. A sitemap needs no login.
        - server error: Look for this URL in the error log of the server. Generate the file when content
          changes, not on each request.

    Message: the server responded with status 404
    Bad::

        GET /sitemap.xml HTTP/1.1
        Host: example.com

        HTTP/1.1 404 Not Found
        Content-Type: text/html

    Good::

        GET /sitemap.xml HTTP/1.1
        Host: example.com

        HTTP/1.1 200 OK
        Content-Type: application/xml

    Systems:
        WordPress: the built-in sitemap is ``/wp-sitemap.xml``. Save Settings > Permalinks once if
            it responds with 404.
        Yoast SEO: the sitemap is ``/sitemap_index.xml``; it is 404 while XML sitemaps are off in
            Settings > Site features.
        Magento: the file exists only after it was generated (Marketing > SEO & Search > Site
            Map), by hand or by cron.
        Cloudflare: a 403 or 503 with a challenge comes from bot rules; exempt ``/sitemap*.xml``
            from them.
    Source: https://support.google.com/webmasters/answer/7451001
        https://yandex.com.tr/support/webmaster/indexing-options/sitemap.html?lang=en
    See also: SM101 SM111 SM114 SM701
    """
    blocked, fix = is_blocked(sitemap), name_failure(sitemap)
    for hit in sitemap.report_failure("http-status", "unavailable", "rate-limited", "challenge"):
        yield Hit(f"blocked: {hit.message}" if blocked else hit.message, fix=fix)
    is_success = sitemap.status_code is not None and sitemap.status_code < 300
    severity = Severity.WARNING if is_success else None
    yield from sitemap.report_problems("error-status", severity=severity, fix=None if is_success else fix)
