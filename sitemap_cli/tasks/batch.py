"""Run the jobs of a batch with bounded concurrency; a batch can be resumed after any interruption."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from sitemap_cli.aio import pick_first, uncancelled
from sitemap_cli.cores import count_usable_cores
from sitemap_cli.crawl.targets import Target
from sitemap_cli.errors import LockedError
from sitemap_cli.model.values import Status
from sitemap_cli.progress import BatchProgress
from sitemap_cli.services.catalog import batches
from sitemap_cli.services.catalog.batches import JobCount
from sitemap_cli.services.recording.jobs import RunnableJob
from sitemap_cli.services.shared import ids
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.session import Session
from sitemap_cli.tasks.locking import OnWait, batch_lock, describe_process
from sitemap_cli.tasks.outcome import write_ending
from sitemap_cli.tasks.processes.job_pool import JobLostError, JobPool
from sitemap_cli.tasks.run_job import RunContext, run_pending_job
from sitemap_cli.tasks.slow_lane import MIN_SLOW_SECONDS, Slot, SlotPool
from sitemap_cli.tasks.trying_again import try_again

# Slow sites at once, for each site of --concurrency.
SLOW_SITES = 8
# Pending jobs that are loaded at a time.
PAGE = 500
# Jobs for each process, unless the user sets their number: a process takes half a second of processor time to
# start, as long as a hundred small sites take.
JOBS_PER_PROCESS = 200
# Processes, unless the user sets their number: each takes 90 MB and up to 7 connections of a Postgres server,
# which allows 100 by default, and SQLite has one writer.
MAX_PROCESSES = 4

log = logging.getLogger(__name__)

OnJobEnd = Callable[[str], Awaitable[None]]
"""Receives the id of each job that ended."""


@dataclass(frozen=True, slots=True)
class BatchRun:
    """One run of a batch. Without a ``pool`` of processes, the jobs run in this process."""

    context: RunContext
    batch_id: str
    progress: BatchProgress
    on_job_end: OnJobEnd
    pool: JobPool | None = None


def compute_max_requests(settings: Settings) -> int:
    """Return the number of concurrent requests at which no site waits for another one."""
    return settings.concurrency * (SLOW_SITES + 1)


def count_processes(settings: Settings, pending: int) -> int:
    """Return the number of processes for this number of pending jobs; with 1, they run in this process."""
    wanted = settings.processes or min(count_usable_cores(), MAX_PROCESSES, pending // JOBS_PER_PROCESS)
    return max(1, min(wanted, pending, settings.concurrency))


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A batch whose lock this process holds: the number of its jobs, and how many finished before."""

    batch_id: str
    source: str
    total: int
    finished: int


@asynccontextmanager
async def start_batch(
    db: Database, tenant: str, source: str, targets: Sequence[Target], on_wait: OnWait | None
) -> AsyncIterator[OpenBatch]:
    """Record a new batch and hold its lock; record its status when the block ends, even by an exception.

    Raises:
        LockedError: another run of the same list holds the lock, and ``on_wait`` is None.
    """
    batch_id = ids.generate_id()
    async with batch_lock(db, tenant, batch_id, source, on_wait), _close_at_exit(db, batch_id):
        async with db.transaction() as session:
            await batches.record_batch(
                session,
                batch_id,
                tenant=tenant,
                source=source,
                holder=describe_process(),
                targets=targets,
            )
        yield OpenBatch(batch_id, source, len(targets), 0)


@asynccontextmanager
async def resume_batch(
    db: Database, tenant: str, named: str | None, on_wait: OnWait | None
) -> AsyncIterator[OpenBatch]:
    """Resume an unfinished batch, and hold its lock in the block.

    ``named`` is the id of a batch, which may be finished, or a list; None means the last unfinished batch.

    Raises:
        LockedError: another run of the same list holds the lock, and ``on_wait`` is None.
        NotFoundError: there is no such batch.
    """
    async with db.reading() as session:
        batch = await batches.find_resumable_batch(session, tenant, named)
        counts = await batches.count_jobs(session, batch.id)
    if batch.status == Status.COMPLETED:
        yield _build_open_batch(batch.id, batch.source, counts)
        return
    async with batch_lock(db, tenant, batch.id, batch.source, on_wait), _close_at_exit(db, batch.id):
        async with db.transaction() as session:
            await batches.mark_resumed(session, batch.id, describe_process())
            counts = await batches.count_jobs(session, batch.id)
        yield _build_open_batch(batch.id, batch.source, counts)


def _build_open_batch(batch_id: str, source: str, counts: Sequence[JobCount]) -> OpenBatch:
    total = sum(each.jobs for each in counts)
    pending = sum(each.jobs for each in counts if each.status == Status.PENDING)
    return OpenBatch(batch_id, source, total, total - pending)


@asynccontextmanager
async def _close_at_exit(db: Database, batch_id: str) -> AsyncIterator[None]:
    """Record the status of a batch when the block ends, in a fresh transaction, whatever happened."""

    async def close(session: Session) -> None:
        await batches.mark_closed(session, batch_id)

    what = f"how batch {batch_id} ended"
    try:
        yield
    except BaseException as error:
        await uncancelled(write_ending(db, close, what, reported=str(error)))
        raise
    failed = await uncancelled(write_ending(db, close, what))
    if failed is not None:
        raise failed


async def run_batch(batch: BatchRun, on_wait: OnWait | None) -> list[RunnableJob]:
    """Run the pending jobs of a batch.

    Sites that took long the last time, and failed, come first and take extra slots: at the end of the list,
    the batch would wait for them.

    Returns:
        The jobs whose domains another run has locked; they stay pending. With ``on_wait`` the list is
        empty: these jobs run last, after waiting for the locks.

    Raises:
        SitemapError: an error that affects all jobs, such as a lost database.
    """
    locked, queues = deque[RunnableJob](), dict[int, deque[RunnableJob]]()
    concurrency = batch.context.settings.concurrency
    pool = SlotPool(concurrency, concurrency * SLOW_SITES)
    slow = await try_again(partial(_load_slow_jobs, batch, concurrency * SLOW_SITES))
    try:
        async with asyncio.TaskGroup() as group:
            async for job, is_slow in _iterate_jobs(batch, slow):
                if (queue := queues.get(job.domain_id)) is not None:
                    queue.append(job)
                    continue
                slot = await (pool.acquire_slow_slot() if is_slow else pool.acquire_slot())
                queues[job.domain_id] = deque([job])
                group.create_task(_run_in_slot(slot, batch, job.domain_id, queues, locked))
    except ExceptionGroup as failed:
        raise pick_first(failed, log) from None
    if on_wait is not None:
        while locked:
            await _run_one(batch, locked.popleft(), on_wait)
    return list(locked)


async def _iterate_jobs(
    batch: BatchRun, slow: Sequence[RunnableJob]
) -> AsyncIterator[tuple[RunnableJob, bool]]:
    """Yield the slow jobs, then the other pending jobs of a batch, each with whether it is slow."""
    begun, after = {each.job_id for each in slow}, ""
    for job in slow:
        yield job, True
    while page := await try_again(partial(_load_page, batch, after)):
        for job in page:
            if job.job_id not in begun:
                yield job, False
        after = page[-1].job_id


async def _load_slow_jobs(batch: BatchRun, limit: int) -> list[RunnableJob]:
    async with batch.context.db.reading() as session:
        return await batches.list_slow_jobs(session, batch.batch_id, MIN_SLOW_SECONDS, limit)


async def _load_page(batch: BatchRun, after: str) -> list[RunnableJob]:
    async with batch.context.db.reading() as session:
        return await batches.list_pending_jobs(session, batch.batch_id, after, PAGE)


async def _run_in_slot(
    slot: Slot,
    batch: BatchRun,
    domain_id: int,
    queues: dict[int, deque[RunnableJob]],
    locked: deque[RunnableJob],
) -> None:
    """Run the jobs of one domain, one after another: each needs the lock of the domain."""
    queue = queues[domain_id]
    try:
        while queue:
            job = queue.popleft()
            try:
                await _run_one(batch, job, None)
            except LockedError as error:
                log.info("postponed: %s", error)
                locked.append(job)
    finally:
        del queues[domain_id]
        slot.release()


async def _run_one(batch: BatchRun, job: RunnableJob, on_wait: OnWait | None) -> None:
    progress = batch.progress.begin_site(job.domain)
    try:
        if batch.pool is None or on_wait is not None:
            verdict = await run_pending_job(batch.context, job, progress, on_wait)
        else:
            verdict = await batch.pool.run_job(job)
    except JobLostError:
        return
    finally:
        batch.progress.end_site(job.domain)
    batch.progress.count_verdict(verdict)
    await try_again(partial(batch.on_job_end, job.job_id))
