"""Sitemaps without an ETag or Last-Modified header."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM113", Severity.INFO, Scope.SITE)
def no_validators(site: SiteFact) -> Hits:
    """Nothing tells crawlers whether a sitemap has changed.

    Checks: an answer 200 over HTTP with neither an ``ETag`` nor a ``Last-Modified`` header.
    Why: With one of them a crawler asks for what has changed, and is answered in a hundred bytes (304).
    Fix: Let the server send one of them; for files, web servers do so by themselves.
    Bad: an answer with ``Content-Type`` only
    Good: ``Last-Modified: Fri, 27 Nov 2026 05:00:00 GMT``
    Source: https://www.rfc-editor.org/rfc/rfc9110#section-8.8
    """
    for sitemap in site.served_sitemaps:
        if not (sitemap.etag or sitemap.last_modified):
            yield Hit("neither ETag nor Last-Modified", sitemap=sitemap.url)
