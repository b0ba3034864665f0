"""Large sitemaps that are sent without compression."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

LARGE = 1_000_000


@rule("SM109", Severity.INFO, Scope.SITE)
def not_compressed(site: SiteFact) -> Hits:
    """A large sitemap is sent without compression.

    Checks: more than 1,000,000 bytes over HTTP, of which none were saved by gzip: neither a
        ``Content-Encoding`` nor a compressed file.
    Why: Sitemaps shrink to a tenth; uncompressed they cost time and traffic with every crawler.
    Fix: Let the server compress ``application/xml``, or publish ``sitemap.xml.gz``.
    Bad: ``sitemap.xml`` of 10 MB, sent as it is
    Good: the same with ``Content-Encoding: gzip``: 1 MB
    Source: https://www.sitemaps.org/protocol.html#index
    """
    for sitemap in site.served_sitemaps:
        # Of one that has not changed nothing was sent; what it was when it was, its name and header tell.
        unsent = sitemap.status_code == 304 and not sitemap.url.endswith(".gz")
        whole = unsent or sitemap.wire_bytes >= sitemap.bytes
        if sitemap.bytes > LARGE and whole and sitemap.content_encoding in (None, "", "identity"):
            yield Hit(f"{sitemap.bytes:,} bytes are sent uncompressed", sitemap=sitemap.url)
