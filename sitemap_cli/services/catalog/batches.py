"""Batches: many domains analyzed together, with one job for each."""

import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Row, and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from sitemap_cli.crawl.targets import STDIN, Target
from sitemap_cli.errors import NotFoundError
from sitemap_cli.model.results import BatchSummary
from sitemap_cli.model.values import UNFINISHED, Status
from sitemap_cli.services.recording import domains, jobs
from sitemap_cli.services.recording.jobs import LockHolder, RunnableJob, select_runnable_jobs
from sitemap_cli.services.reporting.job_result import format_time
from sitemap_cli.services.shared import id_prefix, ids
from sitemap_cli.storage.models import Batch, Job

# The source of a batch of retried jobs.
RETRY = "retry"
# The source of a batch that workers queue because of schedules.
SCHEDULE = "schedule"


class BatchWithSize(NamedTuple):
    """A batch and the number of its jobs."""

    batch: Batch
    jobs: int


@dataclass(frozen=True, slots=True)
class JobCount:
    """The number of jobs of a batch with one status and verdict, and the URLs that they recorded."""

    status: str
    verdict: str | None
    jobs: int
    urls: int
    new_urls: int


async def record_batch(
    session: AsyncSession,
    batch_id: str,
    *,
    tenant: str,
    source: str,
    holder: str | None,
    targets: Sequence[Target],
) -> list[str]:
    """Record a batch with a pending job for each target, and return the ids of the jobs.

    With a ``holder`` the batch is running; without one it waits for workers.
    """
    now, status = dt.datetime.now(dt.UTC), Status.RUNNING if holder else Status.PENDING
    session.add(
        Batch(id=batch_id, tenant=tenant, source=source, holder=holder, status=status, created_at=now)
    )
    await session.flush()
    known = await domains.ensure_domains(session, tenant, [each.domain for each in targets])
    rows = [
        {
            "id": job_id,
            "tenant": tenant,
            "domain_id": known[target.domain],
            "batch_id": batch_id,
            "target": target.text,
            "history": target.history,
            "is_local": target.is_local,
            "scope": target.scope,
            "status": Status.PENDING,
            "created_at": now,
        }
        for job_id, target in zip(ids.generate_ids(), targets, strict=False)
    ]
    await session.execute(insert(Job), rows)
    return [str(row["id"]) for row in rows]


async def find_batch(session: AsyncSession, tenant: str, prefix: str) -> Batch:
    """Return the batch whose id begins with ``prefix``, or the newest one for ``last``.

    Raises:
        NotFoundError: no id begins with it, or several do.
    """
    query, hint = select(Batch).where(Batch.tenant == tenant), "sitemap batch list shows them"
    row = await id_prefix.find_by_prefix(
        session, query, Batch.id, prefix, what="batch", hint=hint, describe=_describe_candidate
    )
    return row[0]


def _describe_candidate(row: Row[Batch]) -> str:
    return f"{row[0].id} {row[0].source} {row[0].created_at.astimezone(dt.UTC):%Y-%m-%d %H:%M}"


async def find_resumable_batch(session: AsyncSession, tenant: str, named: str | None) -> Batch:
    """Return the batch of an id, or the last unfinished batch: of the named list, or of all.

    Raises:
        NotFoundError: there is no such batch.
    """
    done = Batch.status == Status.COMPLETED
    query = select(Batch).where(Batch.tenant == tenant)
    if named is None:
        # Pending batches are in the queue and belong to the workers, unless the user names one.
        query = query.where(Batch.status.not_in((Status.COMPLETED, Status.PENDING)))
    else:
        has_id = Batch.id.startswith(named.lower(), autoescape=True)
        query = query.where(or_(has_id, and_(Batch.source.in_((named, build_file_source(named))), ~done)))
    found = (await session.scalars(query.order_by(done, Batch.id.desc()).limit(1))).first()
    if found is None:
        raise NotFoundError("no unfinished batch", where=named, hint="sitemap batch list shows all batches")
    return found


def build_file_source(file: str) -> str:
    """Return the source of a batch for a list in a file: its absolute path, or ``-``."""
    if file == STDIN:
        return file
    # A name that is not UTF-8 is stored and shown with escapes.
    return os.path.realpath(Path(file).expanduser()).encode("utf-8", "backslashreplace").decode()


def build_tags_source(tags: Sequence[str]) -> str:
    """Return the source of a batch for the domains with all of these tags."""
    return f"tag:{','.join(sorted(tags))}"


async def mark_resumed(session: AsyncSession, batch_id: str, holder: str) -> None:
    """Mark a batch as running, in the process that holds its lock, and reset its unfinished jobs."""
    await session.execute(
        update(Batch)
        .where(Batch.id == batch_id)
        .values(status=Status.RUNNING, holder=holder, finished_at=None)
    )
    await jobs.reset_batch_jobs(session, batch_id)


async def list_pending_jobs(
    session: AsyncSession, batch_id: str, after: str, limit: int
) -> list[RunnableJob]:
    """Return the pending jobs of a batch after the id ``after``, in the order of the list."""
    pending = (Job.batch_id == batch_id, Job.status == Status.PENDING, Job.id > after)
    query = select_runnable_jobs().where(*pending).order_by(Job.id).limit(limit)
    return [RunnableJob(*row) for row in (await session.execute(query)).all()]


async def list_slow_jobs(
    session: AsyncSession, batch_id: str, seconds: float, limit: int
) -> list[RunnableJob]:
    """Return pending jobs of domains whose previous job failed after this many seconds or more."""
    previous, earlier = aliased(Job), aliased(Job)
    is_earlier = (earlier.tenant == Job.tenant, earlier.domain_id == Job.domain_id, earlier.id < Job.id)
    last = select(func.max(earlier.id)).where(*is_earlier).correlate(Job).scalar_subquery()
    query = (
        select_runnable_jobs()
        .join(previous, previous.id == last)
        .where(Job.batch_id == batch_id, Job.status == Status.PENDING)
        .where(previous.status == Status.FAILED, previous.duration_ms >= seconds * 1000)
    )
    return [RunnableJob(*row) for row in (await session.execute(query.order_by(Job.id).limit(limit))).all()]


async def mark_closed(session: AsyncSession, batch_id: str) -> None:
    """Mark a batch as completed if all of its jobs have finished, else as interrupted."""
    unfinished = select(func.count()).where(Job.batch_id == batch_id, Job.status.in_(UNFINISHED))
    done = not (await session.execute(unfinished)).scalar_one()
    await session.execute(
        update(Batch)
        .where(Batch.id == batch_id)
        .values(status=Status.COMPLETED if done else Status.INTERRUPTED, finished_at=dt.datetime.now(dt.UTC))
    )


async def close_finished_batch(session: AsyncSession, batch_id: str | None) -> None:
    """Close a batch that workers run if all of its jobs have finished."""
    query = select(Batch.status).where(Batch.id == batch_id, Batch.status == Status.PENDING)
    unfinished = select(Job.id).where(Job.batch_id == batch_id, Job.status.in_(UNFINISHED)).limit(1)
    if await session.scalar(query) and not await session.scalar(unfinished):
        await mark_closed(session, str(batch_id))


async def cancel_batch(session: AsyncSession, batch: Batch) -> int:
    """Cancel the unfinished jobs of a batch, and return their number."""
    cancelled = await jobs.cancel_batch_jobs(session, batch.id)
    if batch.status != Status.RUNNING:
        await mark_closed(session, batch.id)
    return cancelled


async def count_jobs(session: AsyncSession, batch_id: str) -> list[JobCount]:
    """Count the jobs of a batch by status and verdict."""
    query = (
        select(Job.status, Job.verdict, func.count(), func.sum(Job.urls), func.sum(Job.new_urls))
        .where(Job.batch_id == batch_id)
        .group_by(Job.status, Job.verdict)
        .order_by(Job.status, Job.verdict)
    )
    rows = (await session.execute(query)).all()
    return [JobCount(status, verdict, jobs, int(urls), int(new)) for status, verdict, jobs, urls, new in rows]


async def list_batches(session: AsyncSession, tenant: str, limit: int | None) -> Sequence[BatchWithSize]:
    """Return batches with the number of their jobs, newest first."""
    size = select(func.count()).where(Job.batch_id == Batch.id).scalar_subquery()
    query = select(Batch, size).where(Batch.tenant == tenant).order_by(Batch.id.desc()).limit(limit)
    return [BatchWithSize(*row) for row in await session.execute(query)]


async def find_lock_holder(session: AsyncSession, tenant: str, source: str) -> LockHolder | None:
    """Return the process that runs a batch of a list; None if no batch of it is marked as running."""
    query = select(Batch).where(
        Batch.tenant == tenant, Batch.source == source, Batch.status == Status.RUNNING
    )
    found = (await session.scalars(query.order_by(Batch.id.desc()).limit(1))).first()
    return LockHolder(found.holder, found.created_at) if found and found.holder else None


async def list_running_batches(session: AsyncSession, tenant: str) -> Sequence[Batch]:
    """Return the batches that are marked as running."""
    query = select(Batch).where(Batch.tenant == tenant, Batch.status == Status.RUNNING)
    return (await session.scalars(query)).all()


def summarize_batches(rows: Sequence[BatchWithSize]) -> list[BatchSummary]:
    """Return batches as ``batch list`` prints them."""
    return [
        BatchSummary(
            batch_id=batch.id,
            source=batch.source,
            status=Status(batch.status),
            created_at=format_time(batch.created_at) or "",
            finished_at=format_time(batch.finished_at),
            jobs=jobs,
        )
        for batch, jobs in rows
    ]
