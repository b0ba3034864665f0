"""Entries without a lastmod."""

from collections.abc import Iterator

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Engine, Severity


def _list_entries(batch: Batch) -> Iterator[Hit]:
    if batch.sitemap.days.get("missing") and batch.sitemap.kind == "urlset":
        lacking = (index for index, lastmod in enumerate(batch.lastmods.values) if not lastmod)
        yield from (Hit("the entry has no lastmod", index=index) for index in lacking)


@rule(
    "SM325",
    Severity.INFO,
    Scope.DOCUMENT,
    list_entries=_list_entries,
    engines={Engine.BING: Severity.WARNING},
)
def lastmod_missing(sitemap: SitemapFact) -> Hits:
    """Entries have no ``lastmod``.

    Checks: At least one entry of an XML sitemap has no ``lastmod``. The message gives the share of all
        entries.
    Why: Search engines use ``lastmod`` to decide when to crawl a page again. Bing recommends it on every
        entry.
    Fix: Write the day when the content of the page last changed.
    Bad: ``<url><loc>https://example.com/</loc></url>``
    Good: ``<url><loc>https://example.com/</loc><lastmod>2026-11-01</lastmod></url>``
    Source: https://blogs.bing.com/webmaster/february-2023/The-Importance-of-Setting-the-lastmod-Tag-in-Your-Sitemap
    """
    missing = sitemap.days.get("missing", 0)
    if missing and sitemap.kind == "urlset":
        share = missing / max(sitemap.urls, 1)
        yield Hit(f"{share:.0%} of the entries have no lastmod", count=missing)
