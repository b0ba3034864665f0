"""Sitemaps without entries."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM208", Severity.WARNING, Scope.DOCUMENT)
def empty(sitemap: SitemapFact) -> Hits:
    """A sitemap lists nothing.

    Checks: a body that holds nothing, or begins with more than 256 KiB of white space; or a document
        that was read whole and has no entry and no child. For information only where the file is one for
        news, which may be empty on a quiet day.
    Why: An export that failed looks the same; search engines report an empty sitemap as an error.
    Fix: Find out why nothing is written, or take the file out of the index.
    Bad: ``<urlset ...></urlset>``
    Good: ``<urlset ...><url><loc>https://example.com/</loc></url></urlset>``
    Source: https://support.google.com/webmasters/answer/7451001
    """
    whole = sitemap.error is None and sitemap.is_readable
    if sitemap.error == "empty" or (whole and sitemap.urls + sitemap.children == 0):
        told = sitemap.error_message or "it lists nothing"
        yield Hit(told, severity=Severity.INFO if "news" in sitemap.url.lower() else None)
