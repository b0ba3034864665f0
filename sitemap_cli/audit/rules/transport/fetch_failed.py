"""Sitemaps that cannot be fetched."""

from sitemap_cli.audit.facts import DISALLOWED, OUTSIDE, SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

UNANSWERED = (
    *("blocked-address", "dns-nxdomain", "dns-failure", "tls-error", "tls-not-spoken"),
    *("connection-refused", "connection-failed", "connection-closed", "connection-reset"),
    *("timeout-connect", "timeout-read", "too-slow", "deadline", "proxy-denied", "protocol-error"),
    *("incomplete-body", "host-failing", "host-empty", "read-error", "file-unreadable"),
    "outside-folder",
    *("scheme-forbidden", "https-only", "url-invalid", "unsupported-encoding", "document-gone"),
    "robots-unreachable",
)
"""The error codes of requests without a usable response."""
CASES = {
    "dns-nxdomain": "DNS",
    "dns-failure": "DNS",
    "tls-error": "certificate",
    "timeout-connect": "too slow",
    "timeout-read": "too slow",
    "too-slow": "too slow",
    "deadline": "too slow",
}
"""How error codes are fixed, where the message alone does not say it."""


@rule("SM101", Severity.ERROR, Scope.DOCUMENT, covered_by=("SM104", "SM111", "SM406"))
def fetch_failed(sitemap: SitemapFact) -> Hits:
    """A sitemap cannot be fetched.

    Checks: The connection failed (DNS, TLS, refused, reset), the response timed out, was not valid HTTP,
        ended early or had a content encoding that was not requested, or the URL is invalid or not permitted.
        The sitemap's field ``error`` has the error code. A sitemap that robots.txt disallows for this program
        is reported with severity info; SM104 says whether search engines may fetch it. So is a sitemap that
        is not part of the local folder that is checked, because nothing is requested then.
    Why: Crawlers cannot read the sitemap.
    Fix: Request the URL from outside your network (``curl -v``), and fix the problem that the message
        states.

        - DNS: Correct the host name in the URL, or its A and AAAA records.
        - certificate: Renew the certificate, or complete its chain: ``openssl s_client -connect HOST:443
          -showcerts``.
        - too slow: Generate the file when content changes, not on each request. Compress it, or split it.
        - not requested: Nothing has to be done: the sitemap was not requested, so nothing is known about
          it.

    Message: timeout-read at https://example.com/sitemap.xml
    Bad::

        $ curl -sSI https://example.com/sitemap.xml
        curl: (28) Connection timed out after 30001 milliseconds

    Good::

        $ curl -sSI https://example.com/sitemap.xml
        HTTP/2 200
        content-type: application/xml

    Systems:
        Cloudflare: bot rules can close connections; a custom rule with the action Skip exempts
            ``/sitemap*.xml``.
    Source: https://support.google.com/webmasters/answer/7451001
    See also: SM102 SM112 SM114 SM604
    """
    yield from sitemap.report_failure(*UNANSWERED, fix=CASES.get(sitemap.error or ""))
    yield from sitemap.report_failure(DISALLOWED, OUTSIDE, severity=Severity.INFO, fix="not requested")
