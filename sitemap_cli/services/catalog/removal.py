"""Remove jobs, and documents that no job uses, in steps that touch a bounded number of rows.

A job may have thousands of sitemaps and a document millions of entries, which no single transaction should
delete. So removing begins with a change of one row: the job or document moves to the tenant ``REMOVED``,
where no command and no job can find it. Its rows are deleted later, step by step. Whatever ends the process
meanwhile, the next process that removes anything continues.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import ConflictError
from sitemap_cli.model.values import Status
from sitemap_cli.storage import history_models, models
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.insert_ignore import insert_or_ignore
from sitemap_cli.storage.models import REMOVED, children, entries

IDS_PER_QUERY = 500
# Jobs, rows of each kind that they have, and bodies of robots.txt that a step deletes. A step takes less than
# a tenth of a second, as other processes wait for the write lock of SQLite meanwhile.
JOBS_PER_STEP = 100
ROWS_PER_STEP = 1_000
BODIES_PER_STEP = 100
# Entries, children and problems that a step deletes, and documents.
CONTENT_PER_STEP = 20_000
DOCUMENTS_PER_STEP = 250
# Bytes that rows take in the database besides the URL of an entry, measured on SQLite.
ENTRY_BYTES, DOCUMENT_BYTES, SITEMAP_BYTES, JOB_BYTES = 45, 1_200, 500, 1_000

_JOBS, _SITEMAPS, _DOCUMENTS, _PROBES, _ROBOTS, _BODIES, _FINDINGS, _DOMAINS = (
    models.table_of(each)
    for each in (
        models.Job,
        models.Sitemap,
        models.Document,
        models.Probe,
        models.Robots,
        models.RobotsBody,
        models.Finding,
        models.Domain,
    )
)
_PACKED, _OTHERS = models.table_of(history_models.PackedEntries), _DOCUMENTS.alias("others")


T = TypeVar("T")


@dataclass(slots=True)
class RemovedRows:
    """How much was removed, or would be; ``bytes`` is an estimate."""

    jobs: int = 0
    documents: int = 0
    urls: int = 0
    bytes: int = 0

    def add(self, other: "RemovedRows") -> None:
        """Add what another step removed."""
        self.jobs += other.jobs
        self.documents += other.documents
        self.urls += other.urls
        self.bytes += other.bytes


def cut_into_pages(ids: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield ids in groups that one statement can take as parameters."""
    for first in range(0, len(ids), IDS_PER_QUERY):
        yield ids[first : first + IDS_PER_QUERY]


def estimate_document_bytes() -> ColumnElement[Any]:
    """Return an expression for the bytes that a document takes in the database, with its content."""
    document = _DOCUMENTS.c
    ends = func.length(func.coalesce(document.first_loc, "")) + func.length(
        func.coalesce(document.last_loc, "")
    )
    return (document.urls + document.children) * (ends / 2 + ENTRY_BYTES) + DOCUMENT_BYTES


def is_unused() -> ColumnElement[bool]:
    """Return the condition for documents that no sitemap, no probe and no packed document refers to."""
    users = (
        select(each.c.id).where(each.c.document_id == _DOCUMENTS.c.id).exists()
        for each in (_SITEMAPS, _PROBES)
    )
    packed = select(_PACKED.c.document_id).join(_OTHERS, _OTHERS.c.id == _PACKED.c.document_id)
    needs_base = packed.where(_PACKED.c.base_id == _DOCUMENTS.c.id, _OTHERS.c.tenant != REMOVED)
    return ~or_(*users, needs_base.exists())


async def mark_jobs_removed(session: AsyncSession, job_ids: Sequence[str]) -> None:
    """Move jobs to the tenant of what is being removed; they are cancelled, so that nothing resumes them."""
    domain_id = await _ensure_removed_domain(session)
    values = {"tenant": REMOVED, "domain_id": domain_id, "batch_id": None, "status": Status.CANCELLED}
    for page in cut_into_pages(job_ids):
        await session.execute(update(_JOBS).where(_JOBS.c.id.in_(page)).values(values))


async def mark_unused_documents(session: AsyncSession, document_ids: Collection[int]) -> int:
    """Move those of some documents that nothing refers to; return their number.

    A document that a transaction is about to use is locked, and left alone. Once a document is locked here,
    others wait, and find that it is gone. So it must be looked at again after the lock.
    """
    count, candidates = 0, set(document_ids)
    while candidates:
        locked = await _lock_unused(session, candidates)
        if not locked:
            break
        move = (
            update(_DOCUMENTS)
            .where(_DOCUMENTS.c.id == bindparam("document"), is_unused())
            .values(tenant=REMOVED, digest=bindparam("key"))
        )
        connection = await session.connection()
        rows = [{"document": each, "key": f"{each:032}".encode()} for each in locked]
        count += (await connection.execute(move, rows)).rowcount
        # Nothing may need the bases of packed documents any longer.
        bases = select(_PACKED.c.base_id).where(
            _PACKED.c.document_id.in_(bind_ids("documents")), _PACKED.c.base_id.is_not(None)
        )
        candidates = set(await session.scalars(bases, {"documents": locked}))
    return count


async def _lock_unused(session: AsyncSession, document_ids: Collection[int]) -> list[int]:
    locked = list[int]()
    for page in cut_into_pages(sorted(document_ids)):
        query = select(_DOCUMENTS.c.id).where(
            _DOCUMENTS.c.id.in_(bind_ids("documents")), _DOCUMENTS.c.tenant != REMOVED, is_unused()
        )
        query = query.order_by(_DOCUMENTS.c.id).with_for_update(skip_locked=True)
        locked += (await session.scalars(query, {"documents": page})).all()
    return locked


async def delete_removed_jobs(session: AsyncSession) -> RemovedRows | None:
    """Delete some rows of removed jobs, and the jobs that have none left; return None if there are no jobs.

    Documents that nothing refers to any more are removed, too.
    """
    query = select(_JOBS.c.id).where(_JOBS.c.tenant == REMOVED).order_by(_JOBS.c.id).limit(JOBS_PER_STEP)
    jobs = (await session.scalars(query.with_for_update(skip_locked=True))).all()
    if not jobs:
        return None
    done = RemovedRows()
    sitemaps = await _delete_rows(session, jobs, _SITEMAPS, _SITEMAPS.c.document_id, ROWS_PER_STEP)
    probes = await _delete_rows(session, jobs, _PROBES, _PROBES.c.document_id, ROWS_PER_STEP)
    findings = await _delete_rows(session, jobs, _FINDINGS, _FINDINGS.c.id, ROWS_PER_STEP)
    robots = await _delete_rows(session, jobs, _ROBOTS, _ROBOTS.c.body_id, BODIES_PER_STEP)
    await mark_unused_documents(session, {each for each in (*sitemaps, *probes) if each is not None})
    await delete_unused_bodies(session, {each for each in robots if each is not None})
    is_last = max(len(sitemaps), len(probes), len(findings)) < ROWS_PER_STEP and len(robots) < BODIES_PER_STEP
    if is_last:
        await session.execute(delete(_JOBS).where(_JOBS.c.id.in_(jobs)))
    done.bytes = (len(sitemaps) + len(probes)) * SITEMAP_BYTES + is_last * len(jobs) * JOB_BYTES
    return done


async def delete_removed_documents(session: AsyncSession) -> RemovedRows | None:
    """Delete some removed documents with their content, or a part of a large one; return None without any."""
    columns = _DOCUMENTS.c
    size = columns.urls + columns.children + columns.problems
    query = (
        select(columns.id, size, columns.urls, estimate_document_bytes())
        .where(columns.tenant == REMOVED)
        # In the order of an index that begins with the tenant.
        .order_by(columns.digest)
        .limit(DOCUMENTS_PER_STEP)
        .with_for_update(skip_locked=True)
    )
    rows = (await session.execute(query)).all()
    if not rows:
        return None
    first, content, *_ = rows[0]
    is_large = content > CONTENT_PER_STEP
    if is_large and await _delete_content(session, first):
        return RemovedRows()
    done, room, chosen = RemovedRows(), CONTENT_PER_STEP, list[int]()
    for document, content, urls, size_in_bytes in rows:
        # The content of a large document that is the first one was deleted already.
        room -= 0 if is_large and document == first else content
        if room < 0:
            break
        chosen.append(document)
        done.add(RemovedRows(documents=1, urls=urls, bytes=int(size_in_bytes)))
    await session.execute(
        delete(_DOCUMENTS).where(_DOCUMENTS.c.id.in_(bind_ids("documents"))), {"documents": chosen}
    )
    return done


async def has_removed_rows(session: AsyncSession) -> bool:
    """Return whether anything is left of what was removed."""
    queries = (select(each.c.id).where(each.c.tenant == REMOVED).limit(1) for each in (_JOBS, _DOCUMENTS))
    return any([await session.scalar(each) is not None for each in queries])


async def estimate_unused_documents(
    session: AsyncSession, tenant: str, after: int, until: int
) -> RemovedRows:
    """Return what the documents with ids in a range take that are removed, or that nothing refers to."""
    columns = _DOCUMENTS.c
    size = func.sum(estimate_document_bytes())
    query = select(func.count(), func.sum(columns.urls), size).where(columns.id > after, columns.id <= until)
    unused = or_(columns.tenant == REMOVED, and_(columns.tenant == tenant, is_unused()))
    documents, urls, size_in_bytes = (await session.execute(query.where(unused))).one()
    return RemovedRows(documents=documents, urls=int(urls or 0), bytes=int(size_in_bytes or 0))


async def list_unused_documents(session: AsyncSession, tenant: str, after: int, until: int) -> Sequence[int]:
    """Return the documents that nothing refers to, of those with ids in a range."""
    query = select(_DOCUMENTS.c.id).where(_DOCUMENTS.c.id > after, _DOCUMENTS.c.id <= until)
    return (await session.scalars(query.where(_DOCUMENTS.c.tenant == tenant, is_unused()))).all()


async def find_last_document(session: AsyncSession) -> int:
    """Return the highest id of a document."""
    return await session.scalar(select(func.max(_DOCUMENTS.c.id))) or 0


async def list_unused_bodies(session: AsyncSession, tenant: str) -> Sequence[int]:
    """Return some bodies of robots.txt that nothing refers to."""
    query = select(_BODIES.c.id).where(_BODIES.c.tenant == tenant, _is_unserved()).limit(BODIES_PER_STEP)
    return (await session.scalars(query)).all()


async def delete_unused_bodies(session: AsyncSession, body_ids: Collection[int]) -> int:
    """Delete those of some bodies of robots.txt that nothing refers to; return their number."""
    query = select(_BODIES.c.id).where(_BODIES.c.id.in_(bind_ids("bodies")), _is_unserved())
    query = query.order_by(_BODIES.c.id).with_for_update(skip_locked=True)
    locked = (await session.scalars(query, {"bodies": sorted(body_ids)})).all()
    if locked:
        unused = delete(_BODIES).where(_BODIES.c.id.in_(bind_ids("bodies")), _is_unserved())
        await session.execute(unused, {"bodies": locked})
    return len(locked)


async def _ensure_removed_domain(session: AsyncSession) -> int:
    """Return the id of the domain that removed jobs belong to, which remains once there is one."""
    key = {"tenant": REMOVED, "name": REMOVED}
    query = select(_DOMAINS.c.id).filter_by(**key)
    found = await session.scalar(query)
    if found is None:
        await insert_or_ignore(session, models.Domain, {**key, "created_at": dt.datetime.now(dt.UTC)})
        found = await session.scalar(query)
    if found is None:
        raise ConflictError("another process removes jobs")
    return int(found)


async def _delete_rows(
    session: AsyncSession, jobs: Sequence[str], table: Table, column: ColumnElement[Any], limit: int
) -> list[Any]:
    """Delete at most this many rows of some jobs, and return their values of a column."""
    query = select(table.c.id, column).where(table.c.job_id.in_(jobs)).limit(limit)
    rows = (await session.execute(query)).all()
    if rows:
        gone = delete(table).where(table.c.id.in_(bind_ids("rows")))
        await session.execute(gone, {"rows": [row[0] for row in rows]})
    return [row[1] for row in rows]


async def _delete_content(session: AsyncSession, document: int) -> bool:
    """Delete some entries or children of a removed document; return False if it has none."""
    for table in (entries, children):
        of_document = table.c.document_id == document
        first = await session.scalar(select(func.min(table.c.position)).where(of_document))
        if first is not None:
            await session.execute(
                delete(table).where(of_document, table.c.position < first + CONTENT_PER_STEP)
            )
            return True
    return False


def _is_unserved() -> ColumnElement[bool]:
    return ~select(_ROBOTS.c.id).where(_ROBOTS.c.body_id == _BODIES.c.id).exists()
