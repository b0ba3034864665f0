"""Runs the jobs of a batch, so many sites at once; whatever ends it, it can be gone on with."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sitemap_cli.aio import pick_first, uncancelled
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
from sitemap_cli.tasks.locking import OnWait, batch_lock, close_batch, describe_process
from sitemap_cli.tasks.run_job import RunContext, run_pending_job
from sitemap_cli.tasks.slow_lane import Slot, SlotPool

# Slow sites that may be under way beside the others, for each of those.
ASIDE = 8
PAGE = 500

log = logging.getLogger(__name__)

Ended = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class BatchRun:
    """One batch in hand. ``ended`` is told the id of each job that came to an end."""

    context: RunContext
    batch_id: str
    progress: BatchProgress
    ended: Ended


def compute_max_requests(settings: Settings) -> int:
    """How many requests may be under way, so that no site waits for another one's."""
    return settings.concurrency * (ASIDE + 1)


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A batch that is ours to run: so many jobs in all, of which some came to their end before."""

    batch_id: str
    source: str
    total: int
    before: int


@asynccontextmanager
async def start_batch(
    db: Database, tenant: str, source: str, listed: Sequence[Target], waits: OnWait | None
) -> AsyncIterator[OpenBatch]:
    """Record a new batch and hold it; when the block ends, however it does, how it stands is written.

    Raises:
        LockedError: another run is at work on the same list.
    """
    batch_id = ids.generate_id()
    async with batch_lock(db, tenant, batch_id, source, waits), _close_at_exit(db, batch_id):
        async with db.transaction() as session:
            whose = {"tenant": tenant, "source": source, "holder": describe_process()}
            await batches.record_batch(session, batch_id, **whose, targets=listed)
        yield OpenBatch(batch_id, source, len(listed), 0)


@asynccontextmanager
async def resume_batch(
    db: Database, tenant: str, named: str | None, waits: OnWait | None
) -> AsyncIterator[OpenBatch]:
    """Go on with an unfinished batch, of a list or the last of all, or with that of an id, which may be done.

    Raises:
        LockedError: another run is at work on it.
        NotFoundError: there is none.
    """
    async with db.reading() as session:
        found = await batches.find_resumable_batch(session, tenant, named)
        counted = await batches.count_jobs(session, found.id)
    if found.status == Status.COMPLETED:
        yield _build_open_batch(found.id, found.source, counted)
        return
    async with batch_lock(db, tenant, found.id, found.source, waits), _close_at_exit(db, found.id):
        async with db.transaction() as session:
            await batches.mark_resumed(session, found.id, describe_process())
            counted = await batches.count_jobs(session, found.id)
        yield _build_open_batch(found.id, found.source, counted)


def _build_open_batch(batch_id: str, source: str, counted: Sequence[JobCount]) -> OpenBatch:
    total = sum(each.jobs for each in counted)
    waiting = sum(each.jobs for each in counted if each.status == Status.PENDING)
    return OpenBatch(batch_id, source, total, total - waiting)


@asynccontextmanager
async def _close_at_exit(db: Database, batch_id: str) -> AsyncIterator[None]:
    """Write how a batch stands when the block ends, however it does."""
    try:
        yield
    finally:
        await uncancelled(close_batch(db, batch_id))


async def run_batch(batch: BatchRun, waits: OnWait | None) -> list[RunnableJob]:
    """Run every job that waits, and return those whose domains somebody else holds; they go on waiting.

    Raises:
        SitemapError: it cannot go on, because of the database for instance.
    """
    refused = deque[RunnableJob]()
    lanes = SlotPool(batch.context.settings.concurrency, batch.context.settings.concurrency * ASIDE)
    try:
        async with asyncio.TaskGroup() as group:
            async for work in _iterate_pending_jobs(batch):
                place = await lanes.acquire_slot()
                group.create_task(_run_in_slot(place, batch, work, refused))
    except ExceptionGroup as failed:
        raise pick_first(failed, log) from None
    if waits is not None:
        while refused:
            await _run_one(batch, refused.popleft(), waits)
    return list(refused)


async def _iterate_pending_jobs(batch: BatchRun) -> AsyncIterator[RunnableJob]:
    """The jobs that wait, read some at a time."""
    after = ""
    while True:
        async with batch.context.db.reading() as session:
            page = await batches.list_pending_jobs(session, batch.batch_id, after, PAGE)
        if not page:
            return
        for work in page:
            yield work
        after = page[-1].job_id


async def _run_in_slot(place: Slot, batch: BatchRun, work: RunnableJob, refused: deque[RunnableJob]) -> None:
    try:
        await _run_one(batch, work, None)
    except LockedError as error:
        log.info("put aside: %s", error)
        refused.append(work)
    finally:
        place.release()


async def _run_one(batch: BatchRun, work: RunnableJob, waits: OnWait | None) -> None:
    progress = batch.progress.begin_site(work.domain)
    try:
        verdict = await run_pending_job(batch.context, work, progress, waits)
    finally:
        batch.progress.end_site(work.domain)
    batch.progress.count_verdict(verdict)
    await batch.ended(work.job_id)
