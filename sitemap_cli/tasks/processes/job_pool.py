"""A pool of child processes that run the jobs of a batch; all jobs of a host run in one process.

A process that was killed is replaced. The jobs that it ran are marked as interrupted; those that it had not
begun run in another process.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from sitemap_cli.aio import uncancelled
from sitemap_cli.crawl.targets import parse_target
from sitemap_cli.model.values import Verdict
from sitemap_cli.progress import Meter
from sitemap_cli.services.recording import jobs
from sitemap_cli.services.recording.jobs import RunnableJob
from sitemap_cli.tasks.locking import mark_lost_job
from sitemap_cli.tasks.processes.child_process import STOP_SECONDS
from sitemap_cli.tasks.processes.process_messages import (
    FromChild,
    JobEnded,
    LogLine,
    RunJob,
    Setup,
    StopJob,
    Timings,
)
from sitemap_cli.tasks.processes.supervision import Slot, Supervisor
from sitemap_cli.tasks.run_job import RunContext
from sitemap_cli.tasks.trying_again import try_again
from sitemap_cli.urls import find_politeness_host

log = logging.getLogger(__name__)

OnLog = Callable[[LogLine], None]
"""Receives what child processes print."""


class JobLostError(Exception):
    """The process of a job was killed; the job is marked as interrupted."""


class _NotBegunError(Exception):
    """The process of a job was killed before the job began."""


@dataclass(frozen=True, slots=True)
class _RunningJob:
    job: RunnableJob
    ended: asyncio.Future[Verdict | None]


class _JobSlot(Slot):
    """The place of a process, and the jobs that it runs."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.running: dict[str, _RunningJob] = {}

    def send_job(self, message: RunJob) -> asyncio.Future[Verdict | None]:
        """Send a job to the process; return what will be its verdict or error."""
        ended = asyncio.get_running_loop().create_future()
        self.running[message.job.job_id] = _RunningJob(message.job, ended)
        if self.child is not None:
            self.child.send(message)
        return ended

    def end(self, message: JobEnded) -> None:
        """Set the verdict or the error of a job."""
        found = self.running.pop(message.job_id, None)
        if found is None or found.ended.done():
            return
        if message.is_stopped:
            found.ended.set_exception(JobLostError())
        elif message.error is not None:
            found.ended.set_exception(message.error.unpack())
        else:
            found.ended.set_result(message.verdict)


class JobPool:
    """Child processes that run pending jobs.

    Args:
        context: database, tenant, passwords and timing callbacks of the parent.
        setup: what the processes need to know.
        size: the number of processes.
        on_log: receives what they print.
        hint: how the user can run the jobs again that were interrupted.
    """

    def __init__(self, context: RunContext, setup: Setup, size: int, on_log: OnLog, hint: str) -> None:
        self._context = context
        self._on_log = on_log
        self._hint = hint
        self._slots = [_JobSlot(setup) for _ in range(size)]
        self._homes: dict[str, _JobSlot] = {}
        self._supervisor = Supervisor(self._slots, self._handle, self._lose_jobs)
        self._is_closing = False

    async def start(self) -> str:
        """Start the processes; return why none can run jobs, else an empty text."""
        return await self._supervisor.start()

    async def close(self) -> None:
        """Let the processes exit, and wait for them; jobs that still run are stopped."""
        self._is_closing = True
        await self._supervisor.close()

    async def run_job(self, job: RunnableJob) -> Verdict | None:
        """Run a pending job in the process of its host.

        Raises:
            JobLostError: the process was killed.
            LockedError: another run holds the domain's lock.
            SitemapError: an error that affects all jobs, such as a lost database.
        """
        message = RunJob(job, self._context.fetchers.find_login(parse_target(job.target, local=False)))
        while True:
            slot = await self._find_slot(find_politeness_host(job.domain))
            ended = slot.send_job(message)
            try:
                return await asyncio.shield(ended)
            except _NotBegunError:
                continue
            except asyncio.CancelledError:
                await uncancelled(self._stop_job(slot, job.job_id, ended))
                raise

    async def _stop_job(self, slot: _JobSlot, job_id: str, ended: asyncio.Future[Verdict | None]) -> None:
        """Stop a job, and wait until its ending is recorded."""
        if (child := slot.child) is not None:
            child.send(StopJob(job_id))
            await asyncio.wait([ended], timeout=STOP_SECONDS)
            if not ended.done():
                child.kill()
        await asyncio.wait([ended])
        ended.exception()

    async def _find_slot(self, host: str) -> _JobSlot:
        """Return the slot of a host, or the least busy one for a new host, when its process is ready."""
        while True:
            slot = self._homes.get(host)
            if slot is None or slot.is_abandoned:
                usable = [each for each in self._slots if not each.is_abandoned]
                if not usable:
                    raise self._supervisor.build_error()
                ready = [each for each in usable if each.ready.is_set()]
                slot = min(ready or usable, key=lambda each: len(each.running))
                self._homes[host] = slot
            if slot.ready.is_set() and not slot.is_abandoned:
                return slot
            await slot.ready.wait()

    def _handle(self, slot: _JobSlot, message: FromChild) -> None:
        match message:
            case JobEnded():
                slot.end(message)
            case Timings():
                measure(self._context.meter, message)
            case LogLine():
                self._on_log(message)

    async def _lose_jobs(self, slot: _JobSlot, what: str) -> None:
        """Mark the jobs of a process that has terminated, and give those away that it had not begun."""
        running, slot.running = list(slot.running.values()), {}
        interrupted = 0
        for each in running:
            if each.ended.done():
                continue
            try:
                has_begun = await try_again(partial(self._mark_lost, each.job))
            except Exception as error:  # noqa: BLE001 - run_job() raises it, which would wait for ever
                each.ended.set_exception(error)
                continue
            interrupted += has_begun
            each.ended.set_exception(JobLostError() if has_begun else _NotBegunError())
        if interrupted and not self._is_closing:
            noun = "job was" if interrupted == 1 else "jobs were"
            log.warning("%s; %d %s interrupted; repeat with: %s", what, interrupted, noun, self._hint)

    async def _mark_lost(self, job: RunnableJob) -> bool:
        """Mark a job of a process that has terminated as interrupted; return whether it had begun."""
        db, tenant = self._context.db, self._context.settings.tenant
        await mark_lost_job(db, tenant, job.domain, job.domain_id)
        async with db.reading() as session:
            return not await jobs.is_pending(session, job.job_id)


@asynccontextmanager
async def open_job_pool(
    context: RunContext, setup: Setup, size: int, on_log: OnLog, hint: str
) -> AsyncIterator[JobPool | None]:
    """Start processes, which stop when the block ends; yield None for a ``size`` of 1, or if none starts."""
    if size == 1:
        yield None
        return
    pool = JobPool(context, setup, size, on_log, hint)
    try:
        yield None if await pool.start() else pool
    finally:
        await uncancelled(pool.close())


def measure(meter: Meter, timings: Timings) -> None:
    """Record the timings of a child process."""
    _record_all(meter.record_fetch, timings.fetched)
    _record_all(meter.record_storage, timings.recorded)


def _record_all(record: Callable[[float], None], seconds: Iterable[float]) -> None:
    for each in seconds:
        record(each)
