"""Put jobs into the queue, and run queued jobs, on any number of machines."""

import asyncio
import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter

from sitemap_cli.crawl.targets import Target, identify_target, parse_target
from sitemap_cli.errors import LockedError, SchemaError, StorageError
from sitemap_cli.progress import Progress, PruneProgress
from sitemap_cli.services.catalog import batches, schedules
from sitemap_cli.services.recording import jobs
from sitemap_cli.services.shared import ids
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.job_queue import JobQueue, QueuedJob, QueueState
from sitemap_cli.storage.session import Session
from sitemap_cli.tasks.prune import apply_policy
from sitemap_cli.tasks.run_job import RunContext, run_pending_job
from sitemap_cli.tasks.trying_again import try_again
from sitemap_cli.urls import canonical_domain

POLL_SECONDS = 1.0
SCHEDULE_SECONDS = 15.0
MAX_DUE = 500

log = logging.getLogger(__name__)

OnJobEnd = Callable[[str, str], Awaitable[None]]
"""Receives the tenant and the id of each job that ended."""


@dataclass(frozen=True, slots=True)
class EnqueuedBatch:
    """A batch in the queue: how many domains were added, and how many were waiting there before."""

    batch_id: str
    added: int
    waiting: int


async def enqueue_batch(db: Database, tenant: str, source: str, targets: Sequence[Target]) -> EnqueuedBatch:
    """Record a batch and put its jobs into the queue, in one transaction.

    A target that is waiting in the queue is not added again.

    Raises:
        LockedError: another process is adding one of the domains.
        UsageError: this database cannot have a queue.
        SchemaError: the queue has not been created.
    """

    async def enqueue() -> EnqueuedBatch:
        async with db.transaction() as session:
            await _require_queue(db, session)
            return await _enqueue_targets(session, db.queue, tenant, source, targets)

    return await try_again(enqueue)


async def _enqueue_targets(
    session: Session, queue: JobQueue, tenant: str, source: str, targets: Sequence[Target]
) -> EnqueuedBatch:
    await jobs.follow_recorded_ids(session, tenant)
    batch_id = ids.generate_id()
    by_lock = {f"domain {tenant} {identify_target(target)}": target for target in targets}
    waiting = await queue.find_waiting(session, by_lock.keys())
    new = {lock: target for lock, target in by_lock.items() if lock not in waiting}
    if new:
        job_ids = await batches.record_batch(
            session, batch_id, tenant=tenant, source=source, holder=None, targets=list(new.values())
        )
        queued = [
            QueuedJob(tenant, job_id, canonical_domain(target.domain), lock)
            for job_id, (lock, target) in zip(job_ids, new.items(), strict=True)
        ]
        # In one order, so that two processes that queue the same domains do not wait for each other.
        queued.sort(key=attrgetter("name"))
        await queue.enqueue_jobs(session, queued)
    return EnqueuedBatch(batch_id, len(new), len(waiting))


async def run_worker(
    context: RunContext, on_job_end: OnJobEnd, *, concurrency: int, dead_after: float, drain: bool
) -> None:
    """Run queued jobs until this is cancelled, or with ``drain`` until the queue is empty.

    Args:
        context: what to run jobs with.
        on_job_end: called after each job.
        concurrency: jobs at once.
        dead_after: seconds after which a worker without a heartbeat counts as dead.
        drain: stop when the queue is empty.

    Raises:
        StorageError: the connection to the database is lost.
        UsageError: this database cannot have a queue.
        SchemaError: the queue has not been created.
    """
    db = context.db
    await check_queue(db)
    await _open_lock_connection(db)
    await queue_due_domains(db)
    handle = partial(_run_queued_job, context, on_job_end)
    working = asyncio.ensure_future(
        db.queue.run_worker(handle, concurrency=concurrency, dead_after=dead_after)
    )
    scheduling = asyncio.ensure_future(_queue_due_repeatedly(db))
    waiting = asyncio.ensure_future(_wait_until_empty(db) if drain else asyncio.Event().wait())
    try:
        ended, _ = await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in (working, waiting, scheduling):
            each.cancel()
        await asyncio.wait((working, waiting, scheduling))
    for each in ended:
        await each


async def check_queue(db: Database) -> None:
    """Check that the database has a queue.

    Raises:
        UsageError: this database cannot have a queue.
        SchemaError: the queue has not been created.
    """
    async with db.reading() as session:
        await _require_queue(db, session)


async def _open_lock_connection(db: Database) -> None:
    """Open the connection that holds the locks, before jobs are taken that could not run without one."""
    name = f"worker {ids.generate_id()}"
    if await db.locks.acquire(name):
        await db.locks.release(name)


async def _run_queued_job(context: RunContext, on_job_end: OnJobEnd, tenant: str, job_id: str) -> None:
    """Run one job of the queue, unless it has ended, and close its batch if it was the last job."""
    async with context.db.reading() as session:
        job = await jobs.find_runnable_job(session, tenant, job_id)
    if job is not None:
        own = replace(context, settings=replace(context.settings, tenant=tenant))
        await run_pending_job(own, job, Progress(), None, restart=True)
        await on_job_end(tenant, job_id)
        await apply_policy(context.db, own.settings, PruneProgress(), job_ids=[job_id])
    async with context.db.transaction() as session:
        await batches.close_finished_batch(session, await jobs.find_batch_id(session, job_id))


async def _queue_due_repeatedly(db: Database) -> None:
    """Queue due domains until this is cancelled."""
    while True:
        await asyncio.sleep(SCHEDULE_SECONDS)
        try:
            await queue_due_domains(db)
        except StorageError as error:
            log.warning("could not queue due domains: %s", error)


async def queue_due_domains(db: Database) -> None:
    """Put due domains into the queue; several workers that do so concurrently claim different domains."""
    try:
        async with db.transaction() as session:
            by_tenant = defaultdict[str, list[Target]](list)
            for each in await schedules.claim_due_domains(session, dt.datetime.now(dt.UTC), MAX_DUE):
                by_tenant[each.tenant].append(parse_target(each.name, local=False))
            for tenant, targets in by_tenant.items():
                await _enqueue_targets(session, db.queue, tenant, batches.SCHEDULE, targets)
    except LockedError as error:
        log.info("due domains not queued yet: %s", error)


async def _require_queue(db: Database, session: Session) -> None:
    if await db.queue.load_state(session) is None:
        raise SchemaError("there is no queue yet", where=db.name, hint="run: sitemap db upgrade")


async def _wait_until_empty(db: Database) -> None:
    """Wait until no job of the queue is waiting or running."""

    async def load_state() -> QueueState | None:
        async with db.reading() as session:
            return await db.queue.load_state(session)

    while True:
        state = await try_again(load_state)
        if state is None or not (state.waiting or state.running):
            return
        await asyncio.sleep(POLL_SECONDS)
