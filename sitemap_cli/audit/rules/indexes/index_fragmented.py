"""Indexes of too many small sitemaps."""

from statistics import median

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.index_children import list_index_children
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

FEW_URLS, MANY_CHILDREN = 100, 50


@rule("SM409", Severity.INFO, Scope.SITE)
def index_fragmented(site: SiteFact) -> Hits:
    """An index has one sitemap only, or very many very small ones.

    Checks: One child; or more than 50 children of which half have fewer than 100 entries.
    Why: Each file is a request, for the crawler and for whoever looks for a fault.
    Fix: Fill sitemaps with up to 50,000 entries; a single one needs no index.
    Bad: 400 sitemaps with 20 pages each
    Good: a sitemap with 8,000 pages
    Source: own (the protocol has indexes for more than one full sitemap)
    """
    urls: dict[str, list[int]] = {}
    for parent, child, _ in list_index_children(site):
        urls.setdefault(parent.url, []).append(child.urls)
    for index in site.indexes:
        sizes = urls.get(index.url, [])
        if index.children == 1:
            yield Hit("an index of one sitemap", sitemap=index.url)
        elif len(sizes) > MANY_CHILDREN and median(sizes) < FEW_URLS:
            message = f"{len(sizes):,} sitemaps, half of them with fewer than {FEW_URLS} entries"
            yield Hit(message, sitemap=index.url)
