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
        entries, unless it is below 1 %.
    Why: Search engines use ``lastmod`` to decide when to crawl a page again. Bing recommends it on every
        entry.
    Fix: Write the day when the content of the page last changed.
    Bad: ``<url><loc>https://example.com/</loc></url>``
    Good: ``<url><loc>https://example.com/</loc><lastmod>2026-11-01</lastmod></url>``
    Source: https://blogs.bing.com/webmaster/february-2023/The-Importance-of-Setting-the-lastmod-Tag-in-Your-Sitemap
    """
    missing = sitemap.days.get("missing", 0)
    if missing and sitemap.kind == "urlset":
        yield Hit(f"{_describe_share(missing, sitemap.urls)} lastmod", count=missing)


def _describe_share(missing: int, total: int) -> str:
    """Return how many of all entries lack something; a share of at least 1 % is given as well."""
    if missing == total:
        return f"none of the {total:,} entries has a" if total > 1 else "the only entry has no"
    share = f" ({missing / total:.0%})" if 0.01 <= missing / max(total, 1) <= 0.99 else ""
    return f"{missing:,} of {total:,} entries{share} {'has' if missing == 1 else 'have'} no"
