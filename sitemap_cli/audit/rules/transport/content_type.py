"""Sitemaps with a wrong Content-Type header."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

HTML = ("text/html", "application/xhtml+xml")
GOOD = (
    *("application/xml", "text/xml", "text/plain", "application/gzip", "application/x-gzip"),
    *("application/rss+xml", "application/atom+xml", "application/rdf+xml"),
)


@rule("SM110", Severity.WARNING, Scope.DOCUMENT)
def content_type(sitemap: SitemapFact) -> Hits:
    """A sitemap has a wrong ``Content-Type``.

    Checks: The ``Content-Type`` of a readable sitemap is not ``application/xml``, ``text/xml``,
        ``text/plain``, or the type of gzip or of a feed. An HTML type is an error. A missing header is not
        reported.
    Why: Crawlers that rely on the header do not parse the file as a sitemap.
    Fix: Configure the server to send ``Content-Type: application/xml``, or ``text/plain`` for a list of URLs.
    Message: Content-Type is text/html
    Bad::

        HTTP/1.1 200 OK
        Content-Type: text/html; charset=utf-8

        <?xml version="1.0" encoding="UTF-8"?>

    Good::

        HTTP/1.1 200 OK
        Content-Type: application/xml; charset=utf-8

        <?xml version="1.0" encoding="UTF-8"?>

    Systems:
        PHP: call ``header('Content-Type: application/xml; charset=utf-8')`` before any output.
        Next.js: ``app/sitemap.ts`` sets the header; a route handler of your own must set it
            itself.
        nginx: keep the line ``text/xml xml;`` of ``mime.types``.
    Source: own (neither the protocol nor a search engine names a required type; for the types of XML, see
        https://www.rfc-editor.org/rfc/rfc7303)
    See also: SM108 SM111
    """
    kind = (sitemap.content_type or "").partition(";")[0].strip().lower()
    # File servers often send compressed files as plain bytes.
    compressed = kind in ("application/octet-stream", "binary/octet-stream") and sitemap.url.endswith(".gz")
    good = kind in GOOD or compressed or (kind.endswith("+xml") and kind not in HTML)
    if sitemap.is_readable and kind and not good:
        yield Hit(
            f"Content-Type is {format_value(kind)}",
            severity=Severity.ERROR if kind in HTML else None,
            value=kind,
        )
