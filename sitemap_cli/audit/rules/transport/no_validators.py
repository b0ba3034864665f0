"""Sitemaps without an ETag or Last-Modified header."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM113", Severity.INFO, Scope.SITE)
def no_validators(site: SiteFact) -> Hits:
    """A sitemap has no ``ETag`` or ``Last-Modified`` header.

    Checks: A response with status 200 over HTTP has neither an ``ETag`` nor a ``Last-Modified`` header.
    Why: With one of these headers, crawlers can send conditional requests, and an unchanged sitemap needs
        only a short 304 response.
    Fix: Configure the server to send one of the headers. Web servers do this by default for files.
    Message: the response has neither ETag nor Last-Modified
    Bad::

        HTTP/1.1 200 OK
        Content-Type: application/xml

    Good::

        HTTP/1.1 200 OK
        Content-Type: application/xml
        ETag: "5f3a1c"
        Last-Modified: Fri, 27 Nov 2026 05:00:00 GMT

    Source: https://www.rfc-editor.org/rfc/rfc9110#section-8.8
    See also: SM109 SM112
    """
    for sitemap in site.served_sitemaps:
        if not (sitemap.etag or sitemap.last_modified):
            yield Hit("the response has neither ETag nor Last-Modified", sitemap=sitemap.url)
