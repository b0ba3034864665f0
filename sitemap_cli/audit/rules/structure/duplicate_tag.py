"""Elements that occur more than once in an entry."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM207", Severity.WARNING, Scope.DOCUMENT)
def duplicate_tag(sitemap: SitemapFact) -> Hits:
    """An entry has the same element more than once.

    Checks: One entry has two or more ``loc``, ``lastmod``, ``changefreq`` or ``priority`` elements, or an
        image, video or article has two or more of a field that is allowed once. Two URLs in an entry are an
        error.
    Why: The value is ambiguous, and Search Console reports duplicate elements as an error.
    Fix: Write each element once.
    Message: more than one lastmod in an entry; the first that is not empty counts
    Bad::

        <url>
          <loc>https://example.com/lamps</loc>
          <lastmod>2026-11-01</lastmod>
          <lastmod>2026-11-02</lastmod>
        </url>

    Good::

        <url>
          <loc>https://example.com/lamps</loc>
          <lastmod>2026-11-02</lastmod>
        </url>

    Source: https://support.google.com/webmasters/answer/7451001
    See also: SM206 SM213 SM311
    """
    yield from sitemap.report_problems("several-locs", severity=Severity.ERROR)
    yield from sitemap.report_problems("duplicate-tag")
