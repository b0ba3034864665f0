"""The URLs that a job recorded, in the order in which its sitemaps list them."""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.services.reporting import job_result
from sitemap_cli.storage.models import Sitemap, entries

PAGE = 10_000
"""Entries that are read at a time."""


@dataclass(frozen=True, slots=True)
class UrlFilter:
    """Which URLs to list.

    ``match`` and ``exclude`` are searched for in the URL, ``sitemap`` in the URL of the sitemap; ``since``
    is the oldest lastmod, in seconds since 1970; ``limit`` is the largest number of URLs.
    """

    match: re.Pattern[str] | None = None
    exclude: re.Pattern[str] | None = None
    sitemap: re.Pattern[str] | None = None
    since: int | None = None
    limit: int | None = None

    @property
    def has_patterns(self) -> bool:
        """Whether single URLs have to be matched."""
        return self.match is not None or self.exclude is not None

    def matches(self, loc: str) -> bool:
        """Return whether a URL matches ``match`` and does not match ``exclude``."""
        if self.match is not None and not self.match.search(loc):
            return False
        return self.exclude is None or not self.exclude.search(loc)


EntryPage = tuple[Sitemap, Sequence[Row[*tuple[Any, ...]]]]
"""A sitemap and some of its entries, as rows with the columns of ``URL_FIELDS`` but for the sitemap."""


async def list_url_pages(
    session: AsyncSession, job_id: str, url_filter: UrlFilter
) -> AsyncIterator[EntryPage]:
    """Yield the URLs of a job that match, in pages."""
    left = url_filter.limit
    for sitemap, _ in await job_result.list_sitemaps_with_depth(session, job_id):
        if url_filter.sitemap is not None and not url_filter.sitemap.search(sitemap.url):
            continue
        async for page in _list_entry_pages(session, sitemap, url_filter):
            rows = [row for row in page if url_filter.matches(row.loc)] if url_filter.has_patterns else page
            if left is not None:
                rows, left = rows[:left], left - len(rows)
            if rows:
                yield sitemap, rows
            if left is not None and left <= 0:
                return


async def _list_entry_pages(
    session: AsyncSession, sitemap: Sitemap, url_filter: UrlFilter
) -> AsyncIterator[Sequence[Row[*tuple[Any, ...]]]]:
    """Yield pages by key, not by offset: each page is one range of the clustered table."""
    if sitemap.document_id is None or not sitemap.urls:
        return
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
    for first in range(1, sitemap.urls + 1, PAGE):
        page = query.where(table.position.between(first, first + PAGE - 1)).order_by(table.position)
        yield (await session.execute(page)).all()
