"""Values of lastmod that are not valid dates."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM321", Severity.WARNING, Scope.DOCUMENT)
def lastmod_invalid(sitemap: SitemapFact) -> Hits:
    """A ``lastmod`` is no date, or is not written as one has to be.

    Checks: it fits none of the forms of W3C Datetime (``YYYY``, ``YYYY-MM``, ``YYYY-MM-DD``,
        ``YYYY-MM-DDThh:mmTZD`` and with seconds and fractions), or names a day or time that does not exist.
        In feeds, dates of RFC 822 are as good. A zone that is missing is a matter of SM322.
    Why: Crawlers ignore it, and know nothing of the page's age.
    Fix: Write ``2026-11-01`` or ``2026-11-01T08:30:00+00:00``.
    Bad: ``<lastmod>01.11.2026</lastmod>``
    Good: ``<lastmod>2026-11-01</lastmod>``
    Source: https://www.w3.org/TR/NOTE-datetime https://www.sitemaps.org/protocol.html#lastmoddef
    """
    return sitemap.report_problems("lastmod-invalid")
