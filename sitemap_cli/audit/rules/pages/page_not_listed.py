"""Pages of a local build that no sitemap lists."""

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits, distribute_count
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity


@rule("SM753", Severity.WARNING, Scope.SITE, by_section=True, needs=("unlisted_pages",), needs_complete=True)
def page_not_listed(site: SiteFact) -> Hits:
    """A local build has indexable pages that no sitemap lists.

    Checks: A local build is checked with ``--probe``. An HTML file is no page of a listed URL, may be
        indexed, names no other page as canonical, redirects nowhere, and is allowed by robots.txt. Left out
        are error pages (``404.html``, ``200.html``, ``offline.html``), fragments without ``<html>``, files
        for the verification of ownership, later pages of lists (``/page/2/``), carts, logins and search
        pages, and folders such as ``admin``, ``drafts`` or ``_next``.
    Why: Search engines find pages that no sitemap lists late, or not at all.
    Fix: Add the pages to the sitemap. Give pages that should not be found a ``noindex``.
    Message: is in no sitemap
    Bad: ``pricing/index.html`` is in the build, and no sitemap lists ``/pricing/``::

        <html><head><title>Prices</title></head>

    Good: a page that should not be found::

        <html><head><title>Thanks</title>
        <meta name="robots" content="noindex"></head>

    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/overview
    See also: SM713 SM750
    """
    for section in (site.unlisted_pages or {}).values():
        for page, count in distribute_count(section.count, section.examples):
            yield Hit("is in no sitemap", loc=page.loc, file=page.file, line=1, count=count)
