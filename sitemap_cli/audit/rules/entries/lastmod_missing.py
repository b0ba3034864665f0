"""Entries without a lastmod."""

from collections.abc import Iterator

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Engine, Severity


def _list_entries(batch: Batch) -> Iterator[Hit]:
    if _count_missing(batch.sitemap) > 1:
        yield from (Hit("the entry has no lastmod", index=index) for index in _find_gaps(batch))


def _name_entry(batch: Batch) -> Iterator[Hit]:
    """Yield the entry without a lastmod of a sitemap that has a single one."""
    if _count_missing(batch.sitemap) == 1 and batch.lastmods.has_gaps:
        total = batch.sitemap.urls
        message = f"{f'1 of {total:,} URLs' if total > 1 else 'the only URL'} has no lastmod"
        yield from (Hit(message, index=index) for index in _find_gaps(batch))


def _find_gaps(batch: Batch) -> Iterator[int]:
    return (index for index, lastmod in enumerate(batch.lastmods.values) if not lastmod)


def _count_missing(sitemap: SitemapFact) -> int:
    return sitemap.days.get("missing", 0) if sitemap.kind == "urlset" else 0


@rule(
    "SM325",
    Severity.INFO,
    Scope.DOCUMENT,
    check_entries=_name_entry,
    list_entries=_list_entries,
    engines={Engine.BING: Severity.WARNING},
)
def lastmod_missing(sitemap: SitemapFact) -> Hits:
    """Entries have no ``lastmod``.

    Checks: At least one entry of an XML sitemap has no ``lastmod``. The message gives their number.
    Why: Search engines use ``lastmod`` to decide when to crawl a page again. Bing recommends it on every
        entry.
    Fix: Write the day when the content of the page last changed. Leave the field out rather than writing
        the time of the build.
    Message: 1 of 3 URLs has no lastmod
    Bad::

        <url>
          <loc>https://example.com/lamp</loc>
        </url>

    Good::

        <url>
          <loc>https://example.com/lamp</loc>
          <lastmod>2026-11-01</lastmod>
        </url>

    Systems:
        Next.js: set ``lastModified`` from the data of the page.
        Astro: set ``lastmod`` of each item in ``serialize``; the option ``lastmod`` is one date for all
            pages.
        Hugo: ``enableGitInfo`` takes the date of the last commit of each page.
        WordPress: the filter ``wp_sitemaps_posts_entry`` adds the field to the built-in sitemap.
    Source: https://blogs.bing.com/webmaster/february-2023/The-Importance-of-Setting-the-lastmod-Tag-in-Your-Sitemap
    See also: SM324 SM326 SM327 SM708
    """
    missing = _count_missing(sitemap)
    if missing > 1:
        all_of_them = missing == sitemap.urls
        what = "none of the {:,} URLs has" if all_of_them else "{:,} of {:,} URLs have no"
        yield Hit(f"{what.format(missing, sitemap.urls)} {'a ' * all_of_them}lastmod", count=missing)
