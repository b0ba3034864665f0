"""The URLs that a job recorded, in the order in which its sitemaps list them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl.url_scope import UrlSection
from sitemap_cli.errors import NotFoundError
from sitemap_cli.services.reporting import job_result
from sitemap_cli.storage.models import Document, Sitemap, entries

PAGE = 10_000
"""Entries that are read at a time."""


@dataclass(frozen=True, slots=True)
class UrlFilter:
    """Which URLs to list.

    ``match`` and ``exclude`` are searched for in the URL, ``sitemap`` in the URL of the sitemap; ``since``
    is the oldest lastmod, in seconds since 1970; ``limit`` is the largest number of URLs. URLs lie in each of
    the ``sections``.
    """

    match: re.Pattern[str] | None = None
    exclude: re.Pattern[str] | None = None
    sitemap: re.Pattern[str] | None = None
    since: int | None = None
    limit: int | None = None
    sections: tuple[UrlSection, ...] = ()

    @property
    def has_patterns(self) -> bool:
        """Whether single URLs have to be matched."""
        return self.match is not None or self.exclude is not None or bool(self.sections)

    def matches(self, loc: str) -> bool:
        """Return whether a URL matches ``match`` and not ``exclude``, and lies in the sections."""
        if self.match is not None and not self.match.search(loc):
            return False
        if self.exclude is not None and self.exclude.search(loc):
            return False
        return all(section.includes(loc) for section in self.sections)


EntryPage = tuple[Sitemap, Sequence[Row[*tuple[Any, ...]]]]
"""A sitemap and some of its entries, as rows with the columns of ``URL_FIELDS`` but for the sitemap."""


Window = Sequence[tuple[Sitemap, int]]
"""Pages that are read in one transaction: sitemaps, each with the position of the first entry."""


async def list_windows(session: AsyncSession, job_id: str, url_filter: UrlFilter) -> list[Window]:
    """Return what to read for the URLs of a job, in windows of some :data:`PAGE` entries.

    A reader of the output may be slow, and a transaction must not be open for as long; so a caller reads each
    window in a transaction of its own. Documents never change, so that this gives the same URLs.
    """
    windows, window, size = list[Window](), list[tuple[Sitemap, int]](), 0
    for sitemap, _ in await job_result.list_sitemaps_with_depth(session, job_id):
        if sitemap.document_id is None or not sitemap.urls:
            continue
        if url_filter.sitemap is not None and not url_filter.sitemap.search(sitemap.url):
            continue
        for first in range(1, sitemap.urls + 1, PAGE):
            window.append((sitemap, first))
            size += min(PAGE, sitemap.urls + 1 - first)
            if size >= PAGE:
                windows.append(window)
                window, size = [], 0
    return [*windows, window] if window else windows


async def load_window(
    session: AsyncSession, window: Window, url_filter: UrlFilter, limit: int | None
) -> list[EntryPage]:
    """Return the URLs of a window that match, at most ``limit``, without pages that have none.

    Raises:
        NotFoundError: a document was removed since the window was made.
    """
    pages = list[EntryPage]()
    documents = {sitemap.document_id for sitemap, _ in window}
    found = await session.scalar(select(func.count()).select_from(Document).where(Document.id.in_(documents)))
    if found != len(documents):
        raise NotFoundError("the job was removed while its URLs were listed")
    for sitemap, first in window:
        if limit is not None and limit <= 0:
            break
        rows = await _load_page(session, sitemap, first, url_filter)
        if url_filter.has_patterns:
            rows = [row for row in rows if url_filter.matches(row.loc)]
        if limit is not None:
            rows, limit = rows[:limit], limit - len(rows)
        if rows:
            pages.append((sitemap, rows))
    return pages


async def _load_page(
    session: AsyncSession, sitemap: Sitemap, first: int, url_filter: UrlFilter
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return a page by key, not by offset: each page is one range of the clustered table."""
    table = entries.c
    query = select(
        table.loc,
        table.lastmod,
        table.lastmod_utc,
        table.changefreq,
        table.priority,
        table.line,
        table.extensions,
    ).where(table.document_id == sitemap.document_id)
    if url_filter.since is not None:
        query = query.where(table.lastmod_utc >= url_filter.since)
    page = query.where(table.position.between(first, first + PAGE - 1)).order_by(table.position)
    return (await session.execute(page)).all()
