"""The URLs that jobs recorded, in the order in which their sitemaps list them."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl.url_scope import UrlSection
from sitemap_cli.errors import NotFoundError
from sitemap_cli.model.text_columns import SEPARATOR, TextColumn
from sitemap_cli.model.url_columns import FIRST_SEEN, LAST_SEEN
from sitemap_cli.patterns import search_all
from sitemap_cli.services.history.changed_urls import ChangedUrls
from sitemap_cli.services.reporting import job_result
from sitemap_cli.services.reporting.derived_columns import (
    EXTENSIONS,
    LOC,
    derive_columns,
    find_extensions,
    list_stored_columns,
)
from sitemap_cli.services.reporting.seen_times import JobTimes, load_job_times, make_seen_columns
from sitemap_cli.services.shared.entry_packing import COLUMNS
from sitemap_cli.services.shared.joined_columns import find_dialect, select_joined
from sitemap_cli.services.shared.packed_documents import list_packed, load_columns
from sitemap_cli.storage import models
from sitemap_cli.storage.models import REMOVED, Document, Sitemap, entries

PAGE = 20_000
"""Entries that are read at a time."""
SITEMAPS_PER_WINDOW = 200
"""Sitemaps that are read at a time, where they are small."""
JOBS_PER_QUERY = 500
LASTMOD = "lastmod_utc"
NO_CHANGES: "Mapping[str, ChangedUrls]" = MappingProxyType({})

_SITEMAP, _DOCUMENT = models.table_of(Sitemap).c, models.table_of(Document).c
_LISTED = (
    select(
        *(_SITEMAP.job_id, _SITEMAP.url, _SITEMAP.document_id, _SITEMAP.urls),
        *(_SITEMAP.parent, _SITEMAP.discovered_by, _SITEMAP.ordinal, _DOCUMENT.extensions),
    )
    .outerjoin(models.table_of(Document), _DOCUMENT.id == _SITEMAP.document_id)
    .where(_SITEMAP.job_id.in_(bindparam("jobs", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class UrlFilter:
    """Which URLs to list.

    ``match`` and ``exclude`` are searched for in the URL, ``sitemap`` in the URL of the sitemap; ``since``
    is the oldest lastmod, in seconds since 1970; ``limit`` is the largest number of URLs. URLs lie in each of
    the ``sections``, and have each of the ``extensions``, which are named by their keys.
    """

    match: re.Pattern[str] | None = None
    exclude: re.Pattern[str] | None = None
    sitemap: re.Pattern[str] | None = None
    since: int | None = None
    limit: int | None = None
    sections: tuple[UrlSection, ...] = ()
    extensions: frozenset[str] = frozenset()

    @property
    def has_patterns(self) -> bool:
        """Whether single URLs have to be matched."""
        return self.match is not None or self.exclude is not None or bool(self.sections)

    def find_matches(self, locs: Sequence[str]) -> list[bool]:
        """Return for each URL whether it matches ``match``, not ``exclude``, and lies in the sections.

        Raises:
            UsageError: a pattern takes too long.
        """
        found = [True] * len(locs)
        if self.match is not None:
            found = search_all(self.match, locs, "--match")
        if self.exclude is not None:
            excluded = search_all(self.exclude, locs, "--exclude")
            found = [each and not other for each, other in zip(found, excluded, strict=True)]
        for section in self.sections:
            found = [each and section.includes(loc) for each, loc in zip(found, locs, strict=True)]
        return found

    def may_list(self, sitemap: "ListedSitemap") -> bool:
        """Return whether a sitemap may list such URLs."""
        if sitemap.document_id is None or not sitemap.urls:
            return False
        if self.sitemap is not None and not search_all(self.sitemap, [sitemap.url], "--sitemap")[0]:
            return False
        # Documents of an older version have no counts.
        return sitemap.extensions is None or all(map(sitemap.extensions.get, self.extensions))


class ListedSitemap(NamedTuple):
    """A sitemap of a job, with the number of entries by extension if it is known."""

    job_id: str
    url: str
    document_id: int | None
    urls: int
    parent: str | None
    discovered_by: str
    ordinal: int
    extensions: Mapping[str, int] | None


class WindowPart(NamedTuple):
    """A page of a sitemap: its first position, the domain of the job, and which URLs of it changed.

    ``changed`` is None if all URLs are listed.
    """

    sitemap: ListedSitemap
    first: int
    domain: str
    changed: ChangedUrls | None = None


Window = Sequence[WindowPart]
"""Pages that are read in one transaction."""


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
        columns = {name: column.select(matches) for name, column in self.columns.items()}
        return UrlPage(sum(matches), columns)


async def list_windows(
    session: AsyncSession,
    job_id: str,
    url_filter: UrlFilter,
    domain: str = "",
    changed: ChangedUrls | None = None,
) -> list[Window]:
    """Return what to read for the URLs of a job, in windows of some :data:`PAGE` entries.

    With ``changed``, only these URLs.

    A reader of the output may be slow, and a transaction must not be open for as long; so a caller reads each
    window in a transaction of its own. Documents never change, so that this gives the same URLs.
    """
    changes = {} if changed is None else {job_id: changed}
    return await list_windows_of_jobs(session, {job_id: domain}, url_filter, changes)


async def list_windows_of_jobs(
    session: AsyncSession,
    domains: Mapping[str, str],
    url_filter: UrlFilter,
    changes: Mapping[str, ChangedUrls] = NO_CHANGES,
) -> list[Window]:
    """Return what to read for the URLs of some jobs, one after the other, as :func:`list_windows` does.

    ``domains`` are the names of the domains by the ids of the jobs, ``changes`` the URLs to list of those
    jobs of which not all are listed.
    """
    windows, window, size = list[Window](), list[WindowPart](), 0
    for sitemap in await _list_sitemaps(session, list(domains)):
        changed = changes.get(sitemap.job_id)
        if not url_filter.may_list(sitemap):
            continue
        if changed is not None and not changed.includes_document(sitemap.document_id):
            continue
        for first in range(1, sitemap.urls + 1, PAGE):
            window.append(WindowPart(sitemap, first, domains[sitemap.job_id], changed))
            size += min(PAGE, sitemap.urls + 1 - first)
            if size >= PAGE or len(window) >= SITEMAPS_PER_WINDOW:
                windows.append(window)
                window, size = [], 0
    return [*windows, window] if window else windows


async def _list_sitemaps(session: AsyncSession, job_ids: Sequence[str]) -> list[ListedSitemap]:
    """Return the sitemaps of jobs, those of a job in the order of its indexes."""
    by_job = defaultdict[str, list[ListedSitemap]](list)
    for first in range(0, len(job_ids), JOBS_PER_QUERY):
        for row in await session.execute(_LISTED, {"jobs": job_ids[first : first + JOBS_PER_QUERY]}):
            by_job[row.job_id].append(ListedSitemap._make(row))
    return [sitemap for job_id in job_ids for sitemap, _ in job_result.sort_by_depth(by_job[job_id])]


async def load_window(
    session: AsyncSession, window: Window, url_filter: UrlFilter, limit: int | None, fields: Sequence[str]
) -> list[UrlPage]:
    """Return some fields of the URLs of a window that match, at most ``limit``, without pages that have none.

    Raises:
        NotFoundError: a document was removed since the window was made.
    """
    packed = await list_packed(session, {part.sitemap.document_id or 0 for part in window})
    stored = [part for part in window if part.sitemap.document_id not in packed]
    pages, small = list[UrlPage](), await _load_small_documents(session, stored, url_filter, fields)
    times = await _load_times(session, window, fields)
    for part in window:
        if limit is not None and limit <= 0:
            break
        load = _unpack_page if part.sitemap.document_id in packed else _load_page
        page = small.get(part.sitemap.document_id) or await load(session, part, url_filter, fields)
        if url_filter.extensions and page.size:
            page = page.select(find_extensions(page.columns[EXTENSIONS], url_filter.extensions))
        if url_filter.has_patterns and page.size:
            page = page.select(url_filter.find_matches(page.columns[LOC].split_filled()))
        if part.changed is not None and page.size:
            page = page.select(_find_changed(page, part.changed))
        if limit is not None:
            if page.size > limit:
                page = page.select([at < limit for at in range(page.size)])
            limit -= page.size
        if page.size:
            constants = {"sitemap": part.sitemap.url, "domain": part.domain}
            columns = derive_columns(page.columns, page.size, fields, constants)
            seen = await make_seen_columns(session, columns[LOC], times.get(part.sitemap.job_id))
            pages.append(UrlPage(page.size, {**columns, **seen}))
    if len(await keep_existing(session, window)) != len(window):
        raise NotFoundError("the job was removed while its URLs were listed")
    return [_join_pages(pages)] if len(pages) > 1 else pages


async def _load_times(session: AsyncSession, window: Window, fields: Sequence[str]) -> Mapping[str, JobTimes]:
    """Return the times of the jobs of a window, if a column needs them."""
    if {FIRST_SEEN, LAST_SEEN}.isdisjoint(fields):
        return {}
    return await load_job_times(session, {part.sitemap.job_id for part in window})


def _join_pages(pages: Sequence[UrlPage]) -> UrlPage:
    """Return the URLs of some pages as one: formatting many short pages takes longer."""
    columns = {
        name: TextColumn.concatenate([each.columns[name] for each in pages]) for name in pages[0].columns
    }
    return UrlPage(sum(each.size for each in pages), columns)


def _find_changed(page: UrlPage, changed: ChangedUrls) -> list[bool]:
    lastmods = page.columns[LASTMOD].split_numbers() if changed.since is not None else None
    return changed.select(page.columns[LOC].split(), lastmods)


async def keep_existing(session: AsyncSession, window: Window) -> Window:
    """Return a window without the sitemaps whose documents were removed."""
    documents = {part.sitemap.document_id for part in window}
    query = select(Document.id).where(Document.id.in_(documents), Document.tenant != REMOVED)
    found = set(await session.scalars(query))
    return window if found == documents else [part for part in window if part.sitemap.document_id in found]


async def _load_small_documents(
    session: AsyncSession, window: Window, url_filter: UrlFilter, fields: Sequence[str]
) -> Mapping[int | None, UrlPage]:
    """Return those documents of a window that are pages as a whole, by their ids, with one statement.

    A single one is left to :func:`_load_page`.
    """
    small = sorted({part.sitemap.document_id or 0 for part in window if part.sitemap.urls <= PAGE})
    if len(small) < 2:
        return {}
    names = _list_needed(window, url_filter, fields)
    query = _select_entries(await find_dialect(session), names, _describe_filter(url_filter), is_page=False)
    pages = dict[int | None, UrlPage](dict.fromkeys(small, UrlPage(0, {})))
    parameters = {"documents": small, "since": url_filter.since}
    for document_id, size, *texts in await session.execute(query, parameters):
        pages[document_id] = _build_page(size, names, texts)
    return pages


async def _load_page(
    session: AsyncSession, part: WindowPart, url_filter: UrlFilter, fields: Sequence[str]
) -> UrlPage:
    """Return a page by key, not by offset: each page is one range of the clustered table."""
    names = _list_needed([part], url_filter, fields)
    query = _select_entries(await find_dialect(session), names, _describe_filter(url_filter), is_page=True)
    which = {"document": part.sitemap.document_id, "first": part.first, "last": part.first + PAGE - 1}
    size, *texts = (await session.execute(query, {**which, "since": url_filter.since})).one()
    return _build_page(size, names, texts)


async def _unpack_page(
    session: AsyncSession, part: WindowPart, url_filter: UrlFilter, fields: Sequence[str]
) -> UrlPage:
    """Return a page of a packed document."""
    names = _list_needed([part], url_filter, fields)
    columns = dict(zip(COLUMNS, await load_columns(session, part.sitemap.document_id or 0), strict=True))
    here = slice(part.first - 1, part.first - 1 + PAGE)
    values = {name: [None if each is None else str(each) for each in columns[name][here]] for name in names}
    page = UrlPage(len(columns[LOC][here]), {name: TextColumn.join(each) for name, each in values.items()})
    if url_filter.since is None:
        return page
    since = url_filter.since
    return page.select([each is not None and each >= since for each in columns[LASTMOD][here]])


def _list_needed(window: Window, url_filter: UrlFilter, fields: Sequence[str]) -> tuple[str, ...]:
    """Return the columns to read for some fields, and for deciding which URLs are listed."""
    needed = [EXTENSIONS] if url_filter.extensions else []
    if any(part.changed is not None and part.changed.since is not None for part in window):
        needed.append(LASTMOD)
    return list_stored_columns([*fields, *needed])


def _build_page(size: int, names: Sequence[str], texts: Sequence[str | None]) -> UrlPage:
    return UrlPage(
        size, {name: TextColumn(text or "", size) for name, text in zip(names, texts, strict=True)}
    )


def _describe_filter(url_filter: UrlFilter) -> tuple[bool, tuple[str, ...]]:
    return url_filter.since is not None, tuple(sorted(url_filter.extensions))


@cache
def _select_entries(
    dialect: str, fields: Sequence[str], conditions: tuple[bool, tuple[str, ...]], *, is_page: bool
) -> Select[*tuple[Any, ...]]:
    """Return a SELECT of the joined fields of entries: of some documents, each in a row, or of a page.

    Entries without one of the extensions are mostly left out.

    Args:
        dialect: the name of the SQL dialect.
        fields: the columns of the table.
        conditions: whether there is an oldest lastmod, and the extensions that an entry must have.
        is_page: whether the entries are those between two positions of one document.
    """
    table, (has_oldest, extensions) = entries.c, conditions
    here: list[ColumnElement[bool]] = [table.document_id.in_(bindparam("documents", expanding=True))]
    if is_page:
        of_page = table.position.between(bindparam("first"), bindparam("last"))
        here = [table.document_id == bindparam("document"), of_page]
    if has_oldest:
        here.append(table.lastmod_utc >= bindparam("since"))
    here += [table.extensions.contains(f'"{each}":', autoescape=True) for each in extensions]
    key = () if is_page else (table.document_id,)
    return select_joined(dialect, [table[name] for name in fields], *here, key=key, marks_missing=True)
