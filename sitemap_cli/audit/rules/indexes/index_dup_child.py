"""Indexes that list a sitemap more than once."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import canonical_url


@rule("SM404", Severity.WARNING, Scope.SITE)
def index_dup_child(site: SiteFact) -> Hits:
    """An index lists the same sitemap more than once.

    Checks: Two entries of an index have the same ``loc``. Each entry after the first counts.
    Why: Crawlers may read the sitemap twice.
    Fix: List each sitemap once.
    Message: listed more than once
    Bad::

        <sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
          <sitemap><loc>https://example.com/pages.xml</loc></sitemap>
          <sitemap><loc>https://example.com/pages.xml</loc></sitemap>
        </sitemapindex>

    Good::

        <sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
          <sitemap><loc>https://example.com/pages.xml</loc></sitemap>
        </sitemapindex>

    Source: own (an entry describes one sitemap)
    See also: SM311 SM403 SM411
    """
    for index in site.indexes:
        seen = set[str]()
        for child in index.listed:
            key = canonical_url(child.loc)
            if key in seen:
                yield Hit("listed more than once", loc=child.loc, line=child.line, sitemap=index.url)
            seen.add(key)
