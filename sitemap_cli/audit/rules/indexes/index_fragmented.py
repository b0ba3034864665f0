"""Indexes with one sitemap, or with too many small ones."""

from statistics import median

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.index_children import list_index_children
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

FEW_URLS, MANY_CHILDREN = 100, 50


@rule("SM409", Severity.INFO, Scope.SITE)
def index_fragmented(site: SiteFact) -> Hits:
    """An index has only one sitemap, or too many small ones.

    Checks: An index has one child, or more than 50 children of which half have fewer than 100 entries.
    Why: Each file costs crawlers a request and makes errors harder to find.
    Fix: Fill sitemaps with up to 50,000 entries. A single sitemap needs no index.
    Message: 51 sitemaps, half of them with fewer than 100 entries
    Bad: 400 sitemaps with 20 pages each
    Good: a sitemap with 8,000 pages
    Systems:
        WordPress: the filter ``wp_sitemaps_max_urls`` sets the number of URLs for each sitemap.
        Yoast SEO: the filter ``wpseo_sitemap_entries_per_page`` does. One sitemap for each type
            of content is in order.
    Source: own (in the protocol, indexes are for more URLs than fit into one sitemap)
    See also: SM401 SM410
    """
    urls: dict[str, list[int]] = {}
    for parent, child, _ in list_index_children(site):
        urls.setdefault(parent.url, []).append(child.total_urls)
    for index in site.indexes:
        sizes = urls.get(index.url, [])
        if index.children == 1:
            yield Hit("the index has only one sitemap", sitemap=index.url)
        elif len(sizes) > MANY_CHILDREN and median(sizes) < FEW_URLS:
            message = f"{len(sizes):,} sitemaps, half of them with fewer than {FEW_URLS} entries"
            yield Hit(message, sitemap=index.url)
