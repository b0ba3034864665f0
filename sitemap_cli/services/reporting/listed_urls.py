"""The URLs that jobs recorded, in the order in which their sitemaps list them."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl.url_scope import UrlSection
from sitemap_cli.errors import NotFoundError
from sitemap_cli.model.text_columns import SEPARATOR, TextColumn
from sitemap_cli.services.history.changed_urls import ChangedUrls
from sitemap_cli.services.reporting import job_result
from sitemap_cli.services.reporting.derived_columns import (
    EXTENSIONS,
    LOC,
    derive_columns,
    find_extensions,
    list_stored_columns,
)
from sitemap_cli.services.shared.joined_columns import find_dialect, select_joined
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

    def matches(self, loc: str) -> bool:
        """Return whether a URL matches ``match`` and not ``exclude``, and lies in the sections."""
        if self.match is not None and not self.match.search(loc):
            return False
        if self.exclude is not None and self.exclude.search(loc):
            return False
        return all(section.includes(loc) for section in self.sections)

    def may_list(self, sitemap: "ListedSitemap") -> bool:
        """Return whether a sitemap may list such URLs."""
        if sitemap.document_id is None or not sitemap.urls:
            return False
        if self.sitemap is not None and not self.sitemap.search(sitemap.url):
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
    pages = list[UrlPage]()
    for part in window:
        if limit is not None and limit <= 0:
            break
        page = await _load_page(session, part, url_filter, fields)
        if url_filter.extensions and page.size:
            page = page.select(find_extensions(page.columns[EXTENSIONS], url_filter.extensions))
        if url_filter.has_patterns and page.size:
            page = page.select([url_filter.matches(loc or "") for loc in page.columns[LOC].split()])
        if part.changed is not None and page.size:
            page = page.select(_find_changed(page, part.changed))
        if limit is not None:
            if page.size > limit:
                page = page.select([at < limit for at in range(page.size)])
            limit -= page.size
        if page.size:
            constants = {"sitemap": part.sitemap.url, "domain": part.domain}
            pages.append(UrlPage(page.size, derive_columns(page.columns, page.size, fields, constants)))
    if len(await keep_existing(session, window)) != len(window):
        raise NotFoundError("the job was removed while its URLs were listed")
    return pages


def _find_changed(page: UrlPage, changed: ChangedUrls) -> list[bool]:
    lastmods = page.columns[LASTMOD].split_numbers() if changed.since is not None else None
    return changed.select(page.columns[LOC].split(), lastmods)


async def keep_existing(session: AsyncSession, window: Window) -> Window:
    """Return a window without the sitemaps whose documents were removed."""
    documents = {part.sitemap.document_id for part in window}
    query = select(Document.id).where(Document.id.in_(documents), Document.tenant != REMOVED)
    found = set(await session.scalars(query))
    return window if found == documents else [part for part in window if part.sitemap.document_id in found]


async def _load_page(
    session: AsyncSession, part: WindowPart, url_filter: UrlFilter, fields: Sequence[str]
) -> UrlPage:
    """Return a page by key, not by offset: each page is one range of the clustered table."""
    needs_lastmod = part.changed is not None and part.changed.since is not None
    needed = [*([EXTENSIONS] if url_filter.extensions else []), *([LASTMOD] if needs_lastmod else [])]
    names = list_stored_columns([*fields, *needed])
    has_oldest = url_filter.since is not None
    query = _select_page(
        await find_dialect(session), names, tuple(sorted(url_filter.extensions)), has_oldest=has_oldest
    )
    first = part.first
    which = {"document": part.sitemap.document_id, "first": first, "last": first + PAGE - 1}
    if has_oldest:
        which["since"] = url_filter.since
    size, *texts = (await session.execute(query, which)).one()
    return UrlPage(
        size, {name: TextColumn(text or "", size) for name, text in zip(names, texts, strict=True)}
    )


@cache
def _select_page(
    dialect: str, fields: Sequence[str], extensions: Sequence[str], *, has_oldest: bool
) -> Select[*tuple[Any, ...]]:
    """Return a SELECT of the joined fields of the entries between two positions of a document.

    Entries without one of the extensions are mostly left out.
    """
    table = entries.c
    here = [table.document_id == bindparam("document")]
    here.append(table.position.between(bindparam("first"), bindparam("last")))
    if has_oldest:
        here.append(table.lastmod_utc >= bindparam("since"))
    here += [table.extensions.contains(f'"{each}":', autoescape=True) for each in extensions]
    return select_joined(dialect, [table[name] for name in fields], *here, marks_missing=True)
