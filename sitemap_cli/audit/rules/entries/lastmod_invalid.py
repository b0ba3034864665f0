"""Values of lastmod that are not valid dates."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM321", Severity.WARNING, Scope.DOCUMENT, by_value=True)
def lastmod_invalid(sitemap: SitemapFact) -> Hits:
    """A ``lastmod`` is not a valid date.

    Checks: ``lastmod`` has none of the forms of W3C Datetime (``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD``,
        ``YYYY-MM-DDThh:mmTZD``, or with seconds and fractions), or is a day or time that does not exist. In
        feeds, RFC 822 dates are also valid. SM322 checks for a missing time zone.
    Why: Crawlers ignore the date and cannot tell when the page changed.
    Fix: Write ``2026-11-01`` or ``2026-11-01T08:30:00+00:00``.
    Message: not a date: '01.11.2026'
    Bad::

        <url>
          <loc>https://example.com/lamp</loc>
          <lastmod>01.11.2026</lastmod>
        </url>

    Good::

        <url>
          <loc>https://example.com/lamp</loc>
          <lastmod>2026-11-01T08:30:00+00:00</lastmod>
        </url>

    Systems:
        Next.js: ``lastModified`` takes a ``Date``, or a text in the right form; a text is written as it
            is.
        Hugo: in an own template, ``.Lastmod.Format "2006-01-02T15:04:05-07:00"``.
    Source: https://www.w3.org/TR/NOTE-datetime https://www.sitemaps.org/protocol.html#lastmoddef
    See also: SM322 SM323 SM324 SM519 SM534
    """
    return sitemap.report_problems("lastmod-invalid")
