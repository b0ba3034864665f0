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
    """A sitemap is sent as something else.

    Checks: a readable sitemap with a ``Content-Type`` that is none of ``application/xml``, ``text/xml``,
        ``text/plain``, gzip or a feed's; an error when it says HTML. Without the header nothing is wrong.
    Why: A crawler that believes it does not even look for a sitemap.
    Fix: Let the server send ``Content-Type: application/xml``, ``text/plain`` for a list of addresses.
    Bad: ``Content-Type: text/html`` for ``sitemap.xml``
    Good: ``Content-Type: application/xml; charset=utf-8``
    Source: https://support.google.com/webmasters/answer/7451001
    """
    kind = (sitemap.content_type or "").partition(";")[0].strip().lower()
    # What serves files may well send those that are compressed as mere bytes.
    compressed = kind in ("application/octet-stream", "binary/octet-stream") and sitemap.url.endswith(".gz")
    good = kind in GOOD or compressed or (kind.endswith("+xml") and kind not in HTML)
    if sitemap.is_readable and kind and not good:
        yield Hit(f"sent as {format_value(kind)}", severity=Severity.ERROR if kind in HTML else None)
