"""Finds rows that contradict one another, over all tenants: a part of a table at a time."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, Select, exists, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import DamagedError
from sitemap_cli.model.values import Status
from sitemap_cli.services.shared.packed_documents import load_columns
from sitemap_cli.storage import history_models, models
from sitemap_cli.storage.history_models import History, PackedEntries
from sitemap_cli.storage.models import REMOVED, Document, Job, Probe, Sitemap

# Documents or jobs whose rows are counted in one transaction, and ids of small rows that are looked at.
FEW, MANY = 200, 100_000

_DOCUMENT, _SITEMAP, _JOB = (models.table_of(each).c for each in (Document, Sitemap, Job))
_ENTRY, _CHILD, _TIMES = models.entries.c, models.children.c, history_models.url_times.c


# The rows of what is being removed go step by step, and are counted by nothing.
_IS_KEPT = _DOCUMENT.tenant != REMOVED


class Part(NamedTuple):
    """The faults in a part of a table, and where the next part begins; None after the last one."""

    faults: Sequence[str]
    next: Any


FindFaults = Callable[[AsyncSession, Any], Awaitable[Part]]
"""Finds faults in the part of a table after an id."""


async def find_miscounted_documents(session: AsyncSession, after: int) -> Part:
    """Find documents that have another number of entries or children than they say."""
    query = select(
        *(_DOCUMENT.id, _DOCUMENT.urls, _DOCUMENT.children, _DOCUMENT.is_packed),
        *(_count(_ENTRY, _DOCUMENT), _count(_CHILD, _DOCUMENT)),
    )
    rows = await _load_few(session, query.where(_IS_KEPT), _DOCUMENT.id, after)
    faults = list[str]()
    for id_, urls, listed, is_packed, entries, children in rows:
        stored = 0 if is_packed else urls
        if (stored, listed) != (entries, children):
            fault = _compare("entries", stored, entries) or _compare("children", listed, children)
            faults.append(f"document {id_}: {fault}")
        elif is_packed:
            faults += await _find_damage(session, id_)
    return Part(faults, rows[-1].id if rows else None)


async def _find_damage(session: AsyncSession, document_id: int) -> list[str]:
    """Return what is wrong with the entries of a packed document."""
    try:
        await load_columns(session, document_id)
    except DamagedError as error:
        return [f"document {document_id}: {error}"]
    return []


async def find_miscounted_sitemaps(session: AsyncSession, after: int) -> Part:
    """Find sitemaps that have another number of URLs or children than their documents."""
    differs = or_(_SITEMAP.urls != _DOCUMENT.urls, _SITEMAP.children != _DOCUMENT.children)
    query = select(_SITEMAP.id, _SITEMAP.urls, _DOCUMENT.urls).join(
        models.table_of(Document), _DOCUMENT.id == _SITEMAP.document_id
    )
    rows, following = await _load_many(session, query.where(differs, _IS_KEPT), _SITEMAP.id, after)
    faults = [
        f"sitemap {id_}: {_compare('URLs', urls, counted) or 'children differ'}"
        for id_, urls, counted in rows
    ]
    return Part(faults, following)


async def find_miscounted_jobs(session: AsyncSession, after: str) -> Part:
    """Find complete jobs that have another number of sitemaps or URLs than they say."""
    recorded = (_SITEMAP.job_id == _JOB.id, _SITEMAP.document_id.is_not(None))
    sums = [
        select(each).where(*recorded).correlate(models.table_of(Job)).scalar_subquery()
        for each in (func.count(), func.coalesce(func.sum(_SITEMAP.urls), 0))
    ]
    query = select(_JOB.id, _JOB.status, _JOB.sitemaps, _JOB.urls, *sums)
    rows = await _load_few(session, query, _JOB.id, after)
    faults = [
        f"job {id_}: {_compare('sitemaps', sitemaps, found) or _compare('URLs', urls, int(listed))}"
        for id_, status, sitemaps, urls, found, listed in rows
        if status == Status.COMPLETED and (sitemaps, urls) != (found, listed)
    ]
    return Part(faults, rows[-1].id if rows else None)


async def find_unused_documents(session: AsyncSession, after: int) -> Part:
    """Find documents that no job uses."""
    users = [exists().where(each.document_id == _DOCUMENT.id) for each in (Sitemap, Probe)]
    users.append(exists().where(PackedEntries.base_id == _DOCUMENT.id))
    query = select(_DOCUMENT.id).where(*(~each for each in users), _IS_KEPT)
    rows, following = await _load_many(session, query, _DOCUMENT.id, after)
    return Part([f"document {id_}" for (id_,) in rows], following)


async def find_removed(session: AsyncSession, _after: int) -> Part:
    """Find jobs and documents that are being removed; a process that was interrupted may have left them."""
    faults = list[str]()
    for name, model in (("job", Job), ("document", Document)):
        ids = await session.scalars(select(model.id).where(model.tenant == REMOVED).limit(MANY))
        faults += [f"{name} {each}" for each in ids]
    return Part(faults, None)


def find_lost(key: Column[Any], parent: ColumnElement[Any]) -> FindFaults:
    """Return what finds rows without their parent in another table, by the first column of the primary key.

    Each of its values is one look-up, however many rows have it.
    """

    async def find(session: AsyncSession, after: int) -> Part:
        faults, last = list[str](), after
        for _ in range(FEW):
            found = await session.scalar(select(func.min(key)).where(key > last))
            if found is None:
                return Part(faults, None)
            last = found
            if not await session.scalar(select(exists().where(parent == last))):
                faults.append(f"{key.name.removesuffix('_id')} {last}")
        return Part(faults, last)

    return find


async def find_contrary_times(session: AsyncSession, after: int) -> Part:
    """Find URLs that were last seen before they were first seen, in one history."""
    following = await session.scalar(select(func.min(_TIMES.history_id)).where(_TIMES.history_id > after))
    if following is None:
        return Part([], None)
    query = select(_TIMES.key).where(_TIMES.history_id == following, _TIMES.first_seen > _TIMES.last_seen)
    keys = (await session.scalars(query.limit(MANY))).all()
    return Part([f"history {following}, URL {key}" for key in keys], following)


find_lost_entries = find_lost(_ENTRY.document_id, _DOCUMENT.id)
find_lost_children = find_lost(_CHILD.document_id, _DOCUMENT.id)
find_lost_times = find_lost(_TIMES.history_id, models.table_of(History).c.id)


def _count(rows: Any, documents: Any) -> Any:
    counted = select(func.count()).where(rows.document_id == documents.id)
    return counted.correlate(models.table_of(Document)).scalar_subquery()


def _compare(what: str, recorded: int, found: int) -> str:
    return f"{found:,} {what} instead of {recorded:,}" if recorded != found else ""


async def _load_few(session: AsyncSession, query: Select[Any], key: Any, after: Any) -> Sequence[Any]:
    rows: Sequence[Any] = (await session.execute(query.where(key > after).order_by(key).limit(FEW))).all()
    return rows


async def _load_many(
    session: AsyncSession, query: Select[Any], key: Any, after: int
) -> tuple[Sequence[Any], int | None]:
    """Return the rows that a query finds in the next ids, and after which id to go on."""
    last = await session.scalar(select(func.max(key)))
    if last is None or after >= last:
        return (), None
    until = after + MANY
    rows = (await session.execute(query.where(key > after, key <= literal(until)).order_by(key))).all()
    return rows, until
