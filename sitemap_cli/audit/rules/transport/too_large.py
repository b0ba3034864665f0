"""Sitemaps above the size limit."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

MAX_BYTES = 52_428_800
NEARLY = 0.9


@rule("SM106", Severity.ERROR, Scope.DOCUMENT)
def too_large(sitemap: SitemapFact) -> Hits:
    """A sitemap is larger than the protocol allows.

    Checks: The uncompressed size is more than 52,428,800 bytes (50 MiB). From 47,185,920 bytes (90 %) on, it
        is a warning.
    Why: Search Console reports the file as an error. How much of it search engines read is not documented.
    Fix: Split it into several sitemaps, and list them in an index.
    Message: 52,428,801 bytes uncompressed; the limit is 52,428,800
    Bad: one ``sitemap.xml`` of 60 MiB
    Good: an index, and two sitemaps of 30 MiB::

        <sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
          <sitemap><loc>https://example.com/sitemap-1.xml</loc></sitemap>
          <sitemap><loc>https://example.com/sitemap-2.xml</loc></sitemap>
        </sitemapindex>

    Systems:
        WordPress: splits by itself, at 2,000 URLs; the filter ``wp_sitemaps_max_urls`` changes
            the number.
        Yoast SEO: splits by itself, at 1,000 URLs; the filter ``wpseo_sitemap_entries_per_page``
            changes the number.
        Magento: Stores > Configuration > Catalog > XML Sitemap > Sitemap File Limits.
        Next.js: export ``generateSitemaps`` from ``app/sitemap.ts``, and list each file in
            ``app/robots.ts``.
        Astro: the option ``entryLimit`` of ``@astrojs/sitemap``.
    Source: https://www.sitemaps.org/protocol.html#index https://support.google.com/webmasters/answer/7451001
    See also: SM107 SM109 SM401
    """
    message = f"{sitemap.bytes:,} bytes uncompressed; the limit is {MAX_BYTES:,}"
    if sitemap.bytes > MAX_BYTES:
        yield Hit(message)
    elif sitemap.bytes >= NEARLY * MAX_BYTES:
        yield Hit(message, severity=Severity.WARNING)
    else:
        yield from sitemap.report_failure("too-large")
