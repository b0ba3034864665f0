"""Sitemaps above the size limit."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

MAX_BYTES = 52_428_800
NEARLY = 0.9


@rule("SM106", Severity.ERROR, Scope.DOCUMENT)
def too_large(sitemap: SitemapFact) -> Hits:
    """A sitemap is larger than the protocol allows.

    Checks: The uncompressed size is more than 52,428,800 bytes (50 MiB). From 47,185,920 bytes (90 %) on, it
        is a warning.
    Why: Search engines reject the file, or read only its beginning.
    Fix: Split it into several sitemaps, and list them in an index.
    Message: 52,428,801 bytes uncompressed; the limit is 52,428,800
    Bad: ``sitemap.xml`` of 60 MB
    Good: an index and two sitemaps of 30 MB
    Source: https://www.sitemaps.org/protocol.html#index
    """
    message = f"{sitemap.bytes:,} bytes uncompressed; the limit is {MAX_BYTES:,}"
    if sitemap.bytes > MAX_BYTES:
        yield Hit(message)
    elif sitemap.bytes >= NEARLY * MAX_BYTES:
        yield Hit(message, severity=Severity.WARNING)
    else:
        yield from sitemap.report_failure("too-large")
