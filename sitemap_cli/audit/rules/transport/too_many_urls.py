"""Sitemaps with more entries than the protocol allows."""

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

MAX_URLS = 50_000
MANY_URLS = 45_000


@rule("SM107", Severity.ERROR, Scope.DOCUMENT)
def too_many_urls(sitemap: SitemapFact) -> Hits:
    """A sitemap lists more URLs than the protocol allows.

    Checks: One file (XML, text or feed) has more than 50,000 entries. From 45,000 on, it is a warning
        for a sitemap that no index lists: the next pages may be too many.
    Why: Search Console reports the file as an error. How many of the URLs search engines read is not
        documented.
    Fix: Split it into several sitemaps, and list them in an index.
    Message: 50,001 URLs; the limit is 50,000
    Bad: one ``sitemap.xml`` with 60,000 entries
    Good: an index, and two sitemaps with 30,000 entries each::

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
    See also: SM106 SM401 SM414 SM536
    """
    message = f"{sitemap.total_urls:,} URLs; the limit is {MAX_URLS:,}"
    if sitemap.total_urls > MAX_URLS:
        yield Hit(message)
    elif sitemap.total_urls >= MANY_URLS and sitemap.parent is None:
        yield Hit(message, severity=Severity.WARNING)
