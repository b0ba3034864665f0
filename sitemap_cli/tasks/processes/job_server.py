"""The side of a child process: run the jobs that the parent sends, or those of the queue."""

import asyncio
from collections.abc import Callable
from functools import partial

from sitemap_cli.model.values import Verdict
from sitemap_cli.progress import Meter, Progress
from sitemap_cli.tasks.processes.parent_process import Parent
from sitemap_cli.tasks.processes.process_messages import (
    Done,
    FromChild,
    JobEnded,
    RunJob,
    SentError,
    StopJob,
    Timings,
    WorkerSetup,
)
from sitemap_cli.tasks.run_job import RunContext, run_pending_job
from sitemap_cli.tasks.worker import OnJobEnd, run_worker

MAX_TIMINGS = 100


class SendingMeter(Meter):
    """Sends timings to the parent, some at a time."""

    def __init__(self, send: Callable[[FromChild], None]) -> None:
        self._send = send
        self._fetched: list[float] = []
        self._recorded: list[float] = []

    def record_fetch(self, seconds: float) -> None:
        """Record how long one fetch took."""
        self._fetched.append(seconds)

    def record_storage(self, seconds: float) -> None:
        """Record how long storing one document took."""
        self._recorded.append(seconds)
        if len(self._recorded) >= MAX_TIMINGS:
            self.flush()

    def flush(self) -> None:
        """Send what was recorded."""
        if self._fetched or self._recorded:
            self._send(Timings(self._fetched, self._recorded))
            self._fetched, self._recorded = [], []


async def serve_jobs(context: RunContext, parent: Parent) -> None:
    """Run the jobs that the parent sends, until it lets this process stop; then stop those that run."""
    running: dict[str, asyncio.Task[Verdict | None]] = {}
    while (message := await parent.receive()) is not None:
        match message:
            case RunJob(job=job, login=login):
                context.fetchers.own_host(job.domain)
                context.fetchers.add_login(job.target, login)
                work = asyncio.create_task(run_pending_job(context, job, Progress(), None))
                running[job.job_id] = work
                work.add_done_callback(partial(_report_end, context, parent, running, job.job_id))
            case StopJob(job_id=job_id) if job_id in running:
                running[job_id].cancel()
    stopping = list(running.values())
    for work in stopping:
        work.cancel()
    if stopping:
        await asyncio.wait(stopping)


async def serve_queue(context: RunContext, parent: Parent, setup: WorkerSetup, on_job_end: OnJobEnd) -> None:
    """Run jobs of the queue until the parent lets this process stop, or the queue is empty.

    Raises:
        SitemapError: an error that ends a worker, such as a lost database.
    """

    async def report(tenant: str, job_id: str) -> None:
        _flush_timings(context)
        parent.send(JobEnded(job_id))
        await on_job_end(tenant, job_id)

    working = asyncio.ensure_future(
        run_worker(
            context,
            report,
            concurrency=setup.concurrency,
            dead_after=setup.dead_after,
            drain=setup.drain,
        )
    )
    stopping = asyncio.ensure_future(parent.receive())
    await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
    if stopping.done():
        working.cancel()
        await asyncio.wait([working])
        return
    stopping.cancel()
    await working
    parent.send(Done())
    await parent.receive()


def _flush_timings(context: RunContext) -> None:
    if isinstance(context.meter, SendingMeter):
        context.meter.flush()


def _report_end(
    context: RunContext,
    parent: Parent,
    running: dict[str, asyncio.Task[Verdict | None]],
    job_id: str,
    work: asyncio.Task[Verdict | None],
) -> None:
    del running[job_id]
    _flush_timings(context)
    if work.cancelled():
        parent.send(JobEnded(job_id, is_stopped=True))
    elif (error := work.exception()) is not None:
        parent.send(JobEnded(job_id, error=SentError.pack(error)))
    else:
        parent.send(JobEnded(job_id, work.result()))
