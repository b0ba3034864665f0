"""Errors in robots.txt that can hide a sitemap."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import DiscoveredBy, Severity

CASES = {
    "HTML page": ("robots-html",),
    "misspelled": ("robots-typo", "robots-sitemap-hidden"),
    "listed twice": ("robots-sitemap-duplicate",),
    "encoding": ("robots-bom", "robots-utf16", "robots-not-utf8"),
}
OTHERS = (
    *("robots-sitemap-empty", "robots-sitemap-form", "robots-sitemap-invalid", "robots-not-at-root"),
    *("robots-missing", "robots-binary", "robots-too-many-sitemaps"),
)


@rule("SM606", Severity.WARNING, Scope.SITE, covered_by=("SM607",))
def robots_sitemap_typo(site: SiteFact) -> Hits:
    """A robots.txt has errors that can hide its sitemaps.

    Checks: The same sitemap is listed twice, the field name is misspelled (``site-map``, ``sitemaps``), or a
        line has no URL, more than one, or one that is escaped. A sitemap is in a line that begins otherwise,
        for instance behind a rule. Or the file is HTML, binary, not in UTF-8, begins with a byte order mark,
        is not at the root of the host, comes with status 404 or 410, or is sent with a ``Content-Encoding``
        that it does not have.
    Why: Crawlers differ in which errors they tolerate.
    Fix: Write plain text in UTF-8, with each sitemap once on its own line.

        - HTML page: Serve the file ``/robots.txt`` itself: exclude it from the fallback to
          ``index.html``, or put it into the folder that is published.
        - misspelled: Write ``Sitemap: `` and the URL, on a line of its own.
        - listed twice: Remove the second line.
        - encoding: Save the file as UTF-8 without a byte order mark.

    Message: crawlers do not read the sitemap in this line: 'https://example.com/a.xml'
    Bad::

        Site-map: https://example.com/sitemap.xml
        Disallow: /cart/ Sitemap: https://example.com/shop.xml

    Good::

        Disallow: /cart/

        Sitemap: https://example.com/sitemap.xml
        Sitemap: https://example.com/shop.xml

    Systems:
        Single-page applications: where robots.txt is HTML, the server sends ``index.html`` for
            it; publish the file in the output folder.
    Source: https://github.com/google/robotstxt https://www.rfc-editor.org/rfc/rfc9309#section-2.2
    See also: SM203 SM601 SM602 SM603 SM607
    """
    for fix, codes in CASES.items():
        yield from site.report_robots_problems(*codes, fix=fix)
    yield from site.report_robots_problems(*OTHERS)
    for each in site.sources:
        if each.source == DiscoveredBy.ROBOTS and each.answer == "ok" and each.message:
            yield Hit(str(each.message), sitemap=each.url)
