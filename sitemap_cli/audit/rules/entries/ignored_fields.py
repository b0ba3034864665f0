"""Fields that search engines ignore."""

from collections.abc import Iterator
from functools import partial
from operator import add

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit, Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Engine, Severity


@rule("SM335", Severity.INFO, Scope.URL)
def ignored_fields(batch: Batch) -> Hits:
    """Entries have fields that search engines ignore.

    Checks: Entries have a ``changefreq`` or ``priority``. This rule does not run with ``--engine yandex``:
        Yandex loads pages in the order of ``priority`` and lists ``changefreq`` as a supported field.
    Why: Google and Bing ignore both fields, which only make the file larger.
    Fix: Remove these fields, and keep ``lastmod`` accurate.
    Message: Google and Bing ignore changefreq and priority
    Bad::

        <url>
          <loc>https://example.com/lamp</loc>
          <changefreq>daily</changefreq>
          <priority>0.8</priority>
        </url>

    Good::

        <url>
          <loc>https://example.com/lamp</loc>
          <lastmod>2026-11-01T08:30:00Z</lastmod>
        </url>

    Systems:
        Next.js: leave out ``changeFrequency`` and ``priority``.
        Astro: leave out the options ``changefreq`` and ``priority``.
        Hugo: both are left out by default.
        Magento: Stores > Configuration > Catalog > XML Sitemap sets both for each kind of page.
    Source: https://developers.google.com/search/docs/crawling-indexing/sitemaps/build-sitemap
        https://blogs.bing.com/webmaster/July-2025/Keeping-Content-Discoverable-with-Sitemaps-in-AI-Powered-Search
        https://yandex.com/support/webmaster/en/controlling-robot/sitemap
    See also: SM331 SM333 SM334
    """
    if batch.site.engine is Engine.YANDEX:
        return
    fields = (("changefreq", batch.changefreqs), ("priority", batch.priorities))
    names = [name for name, column in fields if not column.is_empty]
    if names:
        have_all = not all(column.has_gaps for _, column in fields)
        count = batch.size if have_all else batch.size - _join_fields(batch).count("")
        cause = " and ".join(names)
        message = f"Google and Bing ignore {cause}"
        yield Hit(message, count=count, cause=cause, places=partial(_list_entries, batch))


def _list_entries(batch: Batch) -> Iterator[int]:
    """Yield the indexes of the entries that have one of the fields."""
    return (index for index, each in enumerate(_join_fields(batch)) if each)


def _join_fields(batch: Batch) -> list[str]:
    """Return both fields of each entry as one text, which is empty if the entry has neither."""
    return list(map(add, batch.changefreqs.values, batch.priorities.values))
