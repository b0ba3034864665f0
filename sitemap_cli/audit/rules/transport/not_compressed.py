"""Large sitemaps that are sent without compression."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

LARGE = 1_000_000


@rule("SM109", Severity.INFO, Scope.SITE)
def not_compressed(site: SiteFact) -> Hits:
    """A large sitemap is sent without compression.

    Checks: A sitemap of more than 1,000,000 bytes is sent over HTTP without gzip: it has no
        ``Content-Encoding`` and is not a compressed file.
    Why: Compression reduces sitemaps to about a tenth. Without it, every crawler needs more time and traffic.
    Fix: Enable compression for ``application/xml`` on the server, or publish ``sitemap.xml.gz``.
    Message: 1,234,227 bytes are sent uncompressed
    Bad::

        HTTP/1.1 200 OK
        Content-Type: application/xml
        Content-Length: 10485760

    Good::

        HTTP/1.1 200 OK
        Content-Type: application/xml
        Content-Encoding: gzip
        Content-Length: 1048576

    Systems:
        nginx: ``gzip on; gzip_types application/xml text/xml;``
        Apache: ``AddOutputFilterByType DEFLATE application/xml text/xml``
    Source: https://www.sitemaps.org/protocol.html#index
    See also: SM106 SM108 SM112
    """
    for sitemap in site.served_sitemaps:
        # A 304 response has no body: judge the sitemap by its name and header.
        unsent = sitemap.status_code == 304 and not sitemap.url.endswith(".gz")
        whole = unsent or sitemap.wire_bytes >= sitemap.bytes
        if sitemap.bytes > LARGE and whole and sitemap.content_encoding in (None, "", "identity"):
            yield Hit(f"{sitemap.bytes:,} bytes are sent uncompressed", sitemap=sitemap.url)
