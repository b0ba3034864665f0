"""Sitemaps that could not be fetched."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

UNANSWERED = (
    *("blocked-address", "dns-nxdomain", "dns-failure", "tls-error", "tls-not-spoken"),
    *("connection-refused", "connection-failed", "connection-closed", "connection-reset"),
    *("timeout-connect", "timeout-read", "too-slow", "deadline", "proxy-denied", "protocol-error"),
    *("incomplete-body", "host-failing", "read-error", "file-unreadable", "outside-base", "outside-folder"),
    *("scheme-forbidden", "https-only", "url-invalid", "unsupported-encoding", "document-gone"),
    "robots-unreachable",
)
"""Why no answer came, or nothing to read with it."""


@rule("SM101", Severity.ERROR, Scope.DOCUMENT)
def fetch_failed(sitemap: SitemapFact) -> Hits:
    """A sitemap could not be fetched, or not to its end.

    Checks: no connection (DNS, TLS, refused, reset), no answer in time, an answer that is not HTTP or
        breaks off, a content encoding that nobody asked for, an address that cannot or may not be asked.
        The class of the fault is recorded with the sitemap as ``error``.
    Why: What crawlers cannot fetch they do not read; after some days they stop trying.
    Fix: Ask the address from outside (``curl -v``), and mend what the message names.
    Bad: ``https://example.com/sitemap.xml`` answers after two minutes
    Good: ``https://example.com/sitemap.xml`` answers 200 within a second
    Source: https://support.google.com/webmasters/answer/7451001
    """
    return sitemap.report_failure(*UNANSWERED)
