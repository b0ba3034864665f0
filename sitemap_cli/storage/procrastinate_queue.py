"""The job queue of Procrastinate, in Postgres.

https://procrastinate.readthedocs.io/
"""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.aio import uncancelled
from sitemap_cli.errors import LockedError, StorageError
from sitemap_cli.storage import queue_schema, reconnection
from sitemap_cli.storage.database_url import format_url
from sitemap_cli.storage.job_queue import Handler, QueuedJob, QueueState
from sitemap_cli.storage.queue_schema import SCHEMA

QUEUE = TASK = "analyze"
# Heartbeats of a worker, and checks for dead workers, within the time after which a worker counts as dead.
HEARTBEATS = 4
# Workers with a heartbeat within this number of seconds are counted as live.
RECENT = 60
POLL = 5.0
# Seconds to wait for a connection of the pool, and between attempts to start again.
POOL_SECONDS = 10.0
RESTART_SECONDS = 1.0
# Seconds until a job is retried whose domain another process has locked.
LOCKED_RETRY = 30
MAX_ATTEMPTS = 5
FEW_CONNECTIONS = "the server may allow too few connections; a worker needs 4, and uses up to 9"
# The listener uses one of them permanently.
CONNECTIONS = 2
CHUNK = 1_000

WAITING = text("""
    SELECT queueing_lock FROM sitemap_queue.procrastinate_jobs
    WHERE status = 'todo' AND queueing_lock = ANY(:names)
""")
STATE = text("""
    SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'doing'),
        (SELECT count(*) FROM sitemap_queue.procrastinate_workers
         WHERE last_heartbeat > now() - make_interval(secs => :recent))
    FROM sitemap_queue.procrastinate_jobs WHERE status IN ('todo', 'doing')
""")

log = logging.getLogger(__name__)


class RetryStrategy(BaseRetryStrategy):
    """Decides whether and when a job that raised an exception is retried."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Retry now if the worker stops, later if the domain is locked or the database fails."""
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_in={"seconds": 0})
        if isinstance(exception, LockedError):
            return RetryDecision(retry_in={"seconds": LOCKED_RETRY})
        if job.attempts >= MAX_ATTEMPTS:
            return None
        return RetryDecision(retry_in={"seconds": 5 * 2**job.attempts})


class ConnectionPool(AsyncConnectionPool):
    """A pool that waits as long for a server without a connection left as all other connections do."""

    async def open(
        self,
        wait: bool = False,
        timeout: float | None = None,  # noqa: ASYNC109 - of the interface
    ) -> None:
        """Open the pool; with ``wait``, until it has its connections.

        Raises:
            PoolTimeout: the server does not allow as many.
        """
        await super().open(wait, timeout or reconnection.NO_CONNECTION_SECONDS)


class Connector(PsycopgConnector):
    """A connector that records how a job ended as soon as the server is back.

    Procrastinate tries once. A job that could not be marked as finished would stay in work as long as this
    worker lives, with the lock of its host.
    """

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:
        """Execute a statement without a result; wait for a server that is away."""
        until = time.monotonic() + reconnection.RECONNECT_SECONDS
        while True:
            try:
                await super().execute_query_async(query, **arguments)
            except ConnectorException as error:
                if not isinstance(error.__cause__, psycopg.OperationalError) or time.monotonic() > until:
                    raise
            else:
                return
            await asyncio.sleep(RESTART_SECONDS)


class ProcrastinateQueue:
    """The queue of one database, an implementation of :class:`~sitemap_cli.storage.job_queue.JobQueue`."""

    def __init__(self, url: URL) -> None:
        self._name = format_url(url)
        conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
        options = {"options": f"-c search_path={SCHEMA}", "connect_timeout": 10, "keepalives_idle": 30}
        self._connector = Connector(
            conninfo=conninfo,
            kwargs=options,
            pool_factory=ConnectionPool,
            min_size=CONNECTIONS,
            max_size=CONNECTIONS,
            timeout=POOL_SECONDS,
        )
        self._was_open = False

    async def find_waiting(self, session: AsyncSession, names: Collection[str]) -> set[str]:
        """Return the names of which a job is waiting."""
        return set(await session.scalars(WAITING, {"names": list(names)}))

    async def enqueue_jobs(self, session: AsyncSession, jobs: Sequence[QueuedJob]) -> None:
        """Add jobs, in the caller's transaction.

        Raises:
            LockedError: another process added a job of the same name meanwhile.
        """
        manager = JobManager(self._connector)
        async with queue_schema.queue_connection(session) as connection:
            for first in range(0, len(jobs), CHUNK):
                some = [_to_procrastinate_job(each) for each in jobs[first : first + CHUNK]]
                with self._translate_errors():
                    await manager.batch_defer_jobs_async(some, connection=connection)

    async def load_state(self, session: AsyncSession) -> QueueState | None:
        """Return the numbers of jobs and workers; None if the queue was not created."""
        if not await queue_schema.has_queue(session):
            return None
        return QueueState(*(await session.execute(STATE, {"recent": RECENT})).one())

    async def run_worker(self, handler: Handler, *, concurrency: int, dead_after: float) -> None:
        """Run jobs, at most ``concurrency`` at once, until cancelled; unfinished jobs are requeued then.

        Jobs of workers without a heartbeat for ``dead_after`` seconds are requeued as well.

        Raises:
            StorageError: the connection to the database was lost.
        """
        app = App(connector=self._connector)

        @app.task(name=TASK, queue=QUEUE, retry=RetryStrategy())
        async def analyze(tenant: str, job_id: str) -> None:
            await handler(tenant, job_id)

        give_up_at = None
        while True:
            began = time.monotonic()
            error = await self._run_until_lost(app, concurrency, dead_after)
            ended = time.monotonic()
            if give_up_at is None and not self._was_open:
                raise error
            if give_up_at is None or ended - began > reconnection.RECONNECT_SECONDS:
                give_up_at = ended + reconnection.RECONNECT_SECONDS
            if ended > give_up_at:
                raise error
            # The jobs that ran were cancelled and queued again. What could not be queued again has a worker
            # without a heartbeat now, as this one begins with another id.
            log.warning("the worker starts again: %s", error)
            await asyncio.sleep(RESTART_SECONDS)

    async def _run_until_lost(self, app: App, concurrency: int, dead_after: float) -> StorageError:
        """Run jobs until a connection is lost, and return the error."""
        try:
            with self._translate_errors():
                try:
                    # A pool whose opening is cancelled hangs forever.
                    await uncancelled(self._connector.open_async())
                    self._was_open = True
                    await _run_app(app, concurrency, dead_after)
                finally:
                    await uncancelled(self._connector.close_async())
        except StorageError as error:
            return error
        # It only returns when one of its connections is lost.
        return StorageError("the queue failed", where=self._name, why="the connection was lost")

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        """Translate the exceptions of Procrastinate."""
        try:
            yield
        except AlreadyEnqueued as error:
            why = "another process queued one of the domains at the same time"
            raise LockedError("nothing was queued", why=why, hint="try again") from error
        except (ConnectorException, psycopg.Error) as error:
            cause = error.__cause__ or error
            why = str(cause).partition("\n")[0]
            hint = FEW_CONNECTIONS if isinstance(cause, PoolTimeout) else None
            raise StorageError("the queue failed", where=self._name, why=why, hint=hint) from error


async def _run_app(app: App, concurrency: int, dead_after: float) -> None:
    sweeping = asyncio.create_task(_requeue_stalled_jobs(app, dead_after))
    try:
        await app.run_worker_async(
            queues=[QUEUE],
            name=f"{socket.gethostname()}-{os.getpid()}",
            concurrency=concurrency,
            fetch_job_polling_interval=POLL,
            update_heartbeat_interval=dead_after / HEARTBEATS,
            stalled_worker_timeout=dead_after,
            shutdown_graceful_timeout=0,
            delete_jobs="successful",
            install_signal_handlers=False,
        )
    finally:
        sweeping.cancel()


async def _requeue_stalled_jobs(app: App, dead_after: float) -> None:
    """Requeue the jobs of dead workers, until cancelled."""
    while True:
        await asyncio.sleep(dead_after / HEARTBEATS)
        try:
            for job in await app.job_manager.get_stalled_jobs(
                queue=QUEUE, seconds_since_heartbeat=dead_after
            ):
                log.warning("a worker died; its job is queued again: %s", job.task_kwargs)
                await _requeue_job(app, job)
        except ConnectorException as error:
            log.warning("cannot look for dead workers: %s", error)


async def _requeue_job(app: App, job: Job) -> None:
    try:
        await app.job_manager.retry_job(job)
    except AlreadyEnqueued:
        # Another job of the domain is waiting and will do, but it cannot run while this one holds the lock.
        # https://github.com/procrastinate-org/procrastinate/issues/1543
        await app.job_manager.finish_job(job=job, status=Status.ABORTED, delete_job=True)


def _to_procrastinate_job(queued: QueuedJob) -> Job:
    return Job(
        queue=QUEUE,
        lock=queued.host,
        queueing_lock=queued.name,
        task_name=TASK,
        task_kwargs={"tenant": queued.tenant, "job_id": queued.job_id},
    )
