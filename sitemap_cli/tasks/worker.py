"""Hands jobs over to the queue, and takes them out of it on any number of machines."""

import asyncio
import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from sitemap_cli.crawl.targets import Target, normalize_domain, parse_target
from sitemap_cli.errors import LockedError, SchemaError, StorageError
from sitemap_cli.progress import Progress
from sitemap_cli.services.catalog import batches, schedules
from sitemap_cli.services.recording import jobs
from sitemap_cli.services.shared import ids
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.job_queue import JobQueue, QueuedJob
from sitemap_cli.storage.session import Session
from sitemap_cli.tasks.locking import name_domain_lock
from sitemap_cli.tasks.run_job import RunContext, run_pending_job

LOOK_SECONDS = 1.0
PLAN_SECONDS = 15.0
AT_ONCE = 500

log = logging.getLogger(__name__)

Ended = Callable[[str, str], Awaitable[None]]
"""Is told the tenant and the id of each job that came to an end."""


@dataclass(frozen=True, slots=True)
class Enqueued:
    """What became of a list: its batch, how many domains were added to the queue, and were there before."""

    batch_id: str
    added: int
    waiting: int


async def enqueue_batch(db: Database, tenant: str, source: str, listed: Sequence[Target]) -> Enqueued:
    """Record a batch, and put its jobs into the queue, both or neither; who waits there is not added.

    Raises:
        LockedError: somebody else added one of the domains at the same moment.
        UsageError: there is no queue here.
    """
    async with db.transaction() as session:
        await _require_queue(db, session)
        return await _enqueue_targets(session, db.queue, tenant, source, listed)


async def _enqueue_targets(
    session: Session, queue: JobQueue, tenant: str, source: str, listed: Sequence[Target]
) -> Enqueued:
    batch_id = ids.generate_id()
    named = {name_domain_lock(tenant, target.domain): target for target in listed}
    waiting = await queue.find_waiting(session, named.keys())
    new = {name: target for name, target in named.items() if name not in waiting}
    if new:
        targets = list(new.values())
        job_ids = await batches.record_batch(
            session, batch_id, tenant=tenant, source=source, holder=None, targets=targets
        )
        queued = [
            QueuedJob(tenant, job_id, normalize_domain(target.domain), name)
            for job_id, (name, target) in zip(job_ids, new.items(), strict=True)
        ]
        await queue.enqueue_jobs(session, queued)
    return Enqueued(batch_id, len(new), len(waiting))


async def run_worker(
    context: RunContext, ended: Ended, *, concurrency: int, dead_after: float, drain: bool
) -> None:
    """Carry out jobs of the queue, so many at once, until this is cancelled or, to ``drain`` it, it is empty.

    Workers that give no sign of life for ``dead_after`` seconds are dead.

    Raises:
        StorageError: the database is gone.
        UsageError: there is no queue here.
    """
    db = context.db

    async def handle(tenant: str, job_id: str) -> None:
        async with db.reading() as session:
            found = await jobs.find_runnable_job(session, tenant, job_id)
        if found is not None:
            own = replace(context, settings=replace(context.settings, tenant=tenant))
            await run_pending_job(own, found, Progress(), None, restart=True)
            await ended(tenant, job_id)
        async with db.transaction() as session:
            await batches.close_finished_batch(session, await jobs.find_batch_id(session, job_id))

    async with db.reading() as session:
        await _require_queue(db, session)
    await queue_due_domains(db)
    working = asyncio.ensure_future(
        db.queue.run_worker(handle, concurrency=concurrency, dead_after=dead_after)
    )
    planning = asyncio.ensure_future(_queue_due_repeatedly(db))
    watching = asyncio.ensure_future(_wait_until_empty(db) if drain else asyncio.Event().wait())
    try:
        ended_first, _ = await asyncio.wait((working, watching), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in (working, watching, planning):
            each.cancel()
        await asyncio.wait((working, watching, planning))
    for each in ended_first:
        await each


async def _queue_due_repeatedly(db: Database) -> None:
    """Queue, for ever, the domains whose moment has come."""
    while True:
        await asyncio.sleep(PLAN_SECONDS)
        try:
            await queue_due_domains(db)
        except StorageError as error:
            log.warning("could not queue what is due: %s", error)


async def queue_due_domains(db: Database) -> None:
    """Queue the domains whose moment has come; several workers that do so at once take different ones."""
    try:
        async with db.transaction() as session:
            tenants = defaultdict[str, list[Target]](list)
            for each in await schedules.claim_due_domains(session, dt.datetime.now(dt.UTC), AT_ONCE):
                tenants[each.tenant].append(parse_target(each.name, local=False))
            for tenant, targets in tenants.items():
                await _enqueue_targets(session, db.queue, tenant, batches.SCHEDULE, targets)
    except LockedError as error:
        log.info("not queued yet: %s", error)


async def _require_queue(db: Database, session: Session) -> None:
    if await db.queue.load_state(session) is None:
        raise SchemaError("there is no queue yet", where=db.name, hint="run: sitemap db upgrade")


async def _wait_until_empty(db: Database) -> None:
    """Wait until nothing waits or runs in the queue."""
    while True:
        async with db.reading() as session:
            state = await db.queue.load_state(session)
        if state is None or not (state.waiting or state.running):
            return
        await asyncio.sleep(LOOK_SECONDS)
