"""The sitemaps that each index of a site lists."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from sitemap_cli.audit.facts import SiteFact, SitemapFact
from sitemap_cli.urls import canonical_url


class IndexChild(NamedTuple):
    """A recorded sitemap below an index (``parent``), and its line there."""

    parent: SitemapFact
    sitemap: SitemapFact
    line: int | None


def list_index_children(site: SiteFact) -> Iterator[IndexChild]:
    """Yield every recorded sitemap below every index that lists it.

    Several indexes, and robots.txt as well, may list one sitemap, but only one of them is its ``parent``.
    """
    below = defaultdict[str, list[SitemapFact]](list)
    for child in site.sitemaps:
        below[child.parent or ""].append(child)
    for index in (each for each in site.sitemaps if each.listed or each.url in below):
        lines = {canonical_url(each.loc): each.line for each in reversed(index.listed)}
        listed = ((url, site.find_sitemap(url)) for url in reversed(lines))
        known = {url: child for url, child in listed if child is not None}
        known |= {canonical_url(child.url): child for child in below[index.url]}
        children = ((url, child) for url, child in known.items() if child is not index)
        yield from (IndexChild(index, child, lines.get(url)) for url, child in children)
