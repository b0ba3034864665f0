"""Indexes that list themselves."""

from sitemap_cli.audit.facts import SiteFact, SitemapFact
from sitemap_cli.audit.hit import Hit, Hits, format_value
from sitemap_cli.audit.index_children import list_index_children
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity
from sitemap_cli.urls import are_equivalent, canonical_url


@rule("SM403", Severity.ERROR, Scope.SITE)
def index_loop(site: SiteFact) -> Hits:
    """An index lists itself or an index above it.

    Checks: The URL of a child, or its redirect target, is the URL of the index or of an index above it.
    Why: Crawlers without loop detection request the files forever, and the others find no pages in them.
    Fix: Remove the entry from the index.
    Message: the index lists itself, or an index above it
    Bad: ``https://example.com/sitemap.xml`` lists itself::

        <sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
          <sitemap><loc>https://example.com/sitemap.xml</loc></sitemap>
        </sitemapindex>

    Good: ``https://example.com/sitemap.xml`` lists the sitemap of the pages::

        <sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
          <sitemap><loc>https://example.com/pages.xml</loc></sitemap>
        </sitemapindex>

    Source: own (see https://www.sitemaps.org/protocol.html#index: an index lists sitemaps)
    See also: SM402 SM404
    """
    for index in site.indexes:
        above = _collect_ancestor_urls(site, index)
        for child in index.listed:
            if canonical_url(child.loc) in above:
                yield Hit(
                    "the index lists itself, or an index above it",
                    loc=child.loc,
                    line=child.line,
                    sitemap=index.url,
                )
    for parent, below, line in list_index_children(site):
        is_redirected = not are_equivalent(below.final_url, below.url)
        if is_redirected and canonical_url(below.final_url) in _collect_ancestor_urls(site, parent):
            message = f"the sitemap redirects to {format_value(below.final_url)}, an index above it"
            yield Hit(message, loc=below.url, line=line, sitemap=parent.url)


def _collect_ancestor_urls(site: SiteFact, index: SitemapFact) -> set[str]:
    """Return the canonical URLs of an index and of all indexes above it, with their redirect targets."""
    found, each = set[str](), index
    while canonical_url(each.url) not in found:
        found |= {canonical_url(each.url), canonical_url(each.final_url)}
        each = site.sitemaps_by_url.get(each.parent or "", each)
    return found
