"""The URLs that a job recorded, in the order in which its sitemaps list them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import compress
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl.url_scope import UrlSection
from sitemap_cli.errors import NotFoundError
from sitemap_cli.model.text_columns import SEPARATOR, TextColumn
from sitemap_cli.services.reporting import job_result
from sitemap_cli.services.shared.joined_columns import find_dialect, select_joined
from sitemap_cli.storage.models import Document, Sitemap, entries

PAGE = 20_000
"""Entries that are read at a time."""
LOC, SITEMAP = "loc", "sitemap"


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


@dataclass(frozen=True, slots=True)
class UrlPage:
    """Some URLs of a sitemap: their number, and the fields of them by name."""

    size: int
    columns: Mapping[str, TextColumn]

    @property
    def first(self) -> str:
        """The first URL."""
        return self.columns[LOC].text.partition(SEPARATOR)[0]

    def select(self, matches: Sequence[bool]) -> "UrlPage":
        """Return a page of those URLs for which ``matches`` is true."""
        columns = {
            name: TextColumn.join([*compress(column.split(), matches)])
            for name, column in self.columns.items()
        }
        return UrlPage(sum(matches), columns)


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
    session: AsyncSession, window: Window, url_filter: UrlFilter, limit: int | None, fields: Sequence[str]
) -> list[UrlPage]:
    """Return some fields of the URLs of a window that match, at most ``limit``, without pages that have none.

    Raises:
        NotFoundError: a document was removed since the window was made.
    """
    pages = list[UrlPage]()
    for sitemap, first in window:
        if limit is not None and limit <= 0:
            break
        page = await _load_page(session, sitemap, first, url_filter.since, fields)
        if url_filter.has_patterns and page.size:
            page = page.select([url_filter.matches(loc or "") for loc in page.columns[LOC].split()])
        if limit is not None:
            if page.size > limit:
                page = page.select([at < limit for at in range(page.size)])
            limit -= page.size
        if page.size:
            pages.append(page)
    documents = {sitemap.document_id for sitemap, _ in window}
    found = await session.scalar(select(func.count()).select_from(Document).where(Document.id.in_(documents)))
    if found != len(documents):
        raise NotFoundError("the job was removed while its URLs were listed")
    return pages


async def _load_page(
    session: AsyncSession, sitemap: Sitemap, first: int, since: int | None, fields: Sequence[str]
) -> UrlPage:
    """Return a page by key, not by offset: each page is one range of the clustered table."""
    names = tuple(name for name in fields if name in entries.c)
    query = _select_page(await find_dialect(session), names, has_oldest=since is not None)
    which = {"document": sitemap.document_id, "first": first, "last": first + PAGE - 1}
    if since is not None:
        which["since"] = since
    size, *texts = (await session.execute(query, which)).one()
    columns = {name: TextColumn(text or "", size) for name, text in zip(names, texts, strict=True)}
    return UrlPage(size, {**columns, SITEMAP: TextColumn.repeat(sitemap.url, size)})


@cache
def _select_page(dialect: str, fields: Sequence[str], *, has_oldest: bool) -> Select[*tuple[Any, ...]]:
    """Return a SELECT of the joined fields of the entries between two positions of a document."""
    table = entries.c
    here = [table.document_id == bindparam("document")]
    here.append(table.position.between(bindparam("first"), bindparam("last")))
    if has_oldest:
        here.append(table.lastmod_utc >= bindparam("since"))
    return select_joined(dialect, [table[name] for name in fields], *here, marks_missing=True)
