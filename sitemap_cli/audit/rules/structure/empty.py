"""Sitemaps without entries."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM208", Severity.WARNING, Scope.DOCUMENT, covered_by=("SM405", "SM603"))
def empty(sitemap: SitemapFact) -> Hits:
    """A sitemap is empty.

    Checks: The body is empty or begins with more than 256 KiB of white space, or a complete document has no
        entry and no child. A news sitemap is reported with severity info, because it can be empty on a quiet
        day.
    Why: A failed export looks the same, and search engines report an empty sitemap as an error.
    Fix: Find out why the export writes no entries, or remove the file from the index.
    Message: the sitemap has no entries
    Bad::

        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
        </urlset>

    Good::

        <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
          <url><loc>https://example.com/</loc></url>
        </urlset>

    Systems:
        Yoast News SEO: lists the articles of the last two days only, so its sitemap can be empty.
    Source: https://support.google.com/webmasters/answer/7451001
    See also: SM205 SM607 SM801
    """
    whole = sitemap.error is None and sitemap.is_readable
    if sitemap.error == "empty" or (whole and sitemap.total_urls + sitemap.children == 0):
        message = sitemap.error_message or "the sitemap has no entries"
        yield Hit(message, severity=Severity.INFO if "news" in sitemap.url.lower() else None)
