"""Prometheus metrics, in a file or at a port: jobs, queue, connections, latencies."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sitemap_cli.cli.output_file import check_output
from sitemap_cli.errors import MissingDriverError, StorageError, UsageError
from sitemap_cli.model.values import Status, Verdict
from sitemap_cli.progress import Meter

if TYPE_CHECKING:
    from sitemap_cli.storage.database import Database

PORT = re.compile(r"(?P<host>[^:/]*):(?P<port>\d{1,5})")
MAX_PORT = 65_535
UPDATE_SECONDS = 10.0
BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)


@asynccontextmanager
async def collect_metrics(db: "Database", where: str | None) -> AsyncIterator[Meter]:
    """Write metrics to a file, or serve them at ``[HOST]:PORT``, while the block runs; with None, do neither.

    Raises:
        MissingDriverError: prometheus-client is not installed.
        UsageError: the file cannot be written, or the port cannot be opened.
    """
    if where is None:
        yield Meter()
        return
    metrics = _Metrics(db)
    publish = _open_publisher(metrics, where)
    keeping = asyncio.create_task(_publish_regularly(metrics, publish))
    try:
        yield metrics
    finally:
        keeping.cancel()
        await asyncio.wait([keeping])
        await metrics.update()
        publish()


def check_destination(where: str | None) -> None:
    """Check before any work that metrics can be written to a file; a port is opened later.

    Raises:
        UsageError: the file cannot be written.
    """
    if where is None:
        return
    if at := PORT.fullmatch(where):
        if int(at["port"]) > MAX_PORT:
            raise UsageError("cannot publish metrics", where=where, why="a port is from 0 to 65535")
        return
    try:
        check_output(Path(where))
    except StorageError as error:
        raise UsageError("cannot publish metrics", where=where, why=error.why) from error


class _Metrics(Meter):
    """Timings of this process, and counts read from the database."""

    def __init__(self, db: "Database") -> None:
        try:
            from prometheus_client import CollectorRegistry, Gauge, Histogram
        except ImportError as error:
            hint = "pip install prometheus-client"
            raise MissingDriverError("prometheus-client is not installed", hint=hint) from error

        self._db = db
        self.registry = CollectorRegistry()
        own: dict[str, Any] = {"registry": self.registry}
        self._jobs = Gauge("sitemap_jobs", "Jobs in the database, of all tenants.", ["status"], **own)
        self._queue = Gauge("sitemap_queue_jobs", "Jobs in the queue.", ["state"], **own)
        self._workers = Gauge("sitemap_workers", "Workers with a recent heartbeat.", **own)
        self._domains = Gauge("sitemap_domains", "Domains by their last verdict.", ["verdict"], **own)
        success = "When the last complete job finished; 0 without one."
        self._success = Gauge("sitemap_last_success_timestamp_seconds", success, **own)
        self._batch_end = Gauge(
            "sitemap_last_batch_timestamp_seconds", "When the last batch finished; 0 if none did.", **own
        )
        self._batch_time = Gauge("sitemap_last_batch_seconds", "How long the last batch took.", **own)
        names = ["pool", "state"]
        self._pools = Gauge("sitemap_pool_connections", "Connections of this process.", names, **own)
        self._fetch = Histogram("sitemap_fetch_seconds", "Time to fetch a document.", buckets=BUCKETS, **own)
        self._record = Histogram(
            "sitemap_record_seconds",
            "Time to record documents that arrived together, or a large one, with waits.",
            buckets=BUCKETS,
            **own,
        )

    def record_fetch(self, seconds: float) -> None:
        """Record how long fetching a document took, in seconds."""
        self._fetch.observe(seconds)

    def record_storage(self, seconds: float) -> None:
        """Record how long a transaction that recorded documents took, in seconds."""
        self._record.observe(seconds)

    async def update(self) -> None:
        """Read the counts from the database and from the connection pools."""
        from sitemap_cli.services.reporting import database_stats as stats

        for pool, (in_use, idle) in self._db.count_connections().items():
            self._pools.labels(pool, "in_use").set(in_use)
            self._pools.labels(pool, "idle").set(idle)
        async with self._db.reading() as session:
            counts = await stats.count_jobs_by_status(session)
            verdicts = await stats.count_domains_by_verdict(session)
            success = await stats.find_last_success(session)
            batch = await stats.find_last_batch(session)
            queue = await self._db.queue.load_state(session) if self._db.may_have_queue else None
        for status in Status:
            self._jobs.labels(status.value).set(counts.get(status.value, 0))
        for verdict in Verdict:
            self._domains.labels(verdict.value).set(verdicts.get(verdict.value, 0))
        self._success.set(success.timestamp() if success else 0)
        if batch is not None and batch.finished_at is not None:
            self._batch_end.set(batch.finished_at.timestamp())
            self._batch_time.set((batch.finished_at - batch.created_at).total_seconds())
        if queue is not None:
            self._queue.labels("waiting").set(queue.waiting)
            self._queue.labels("running").set(queue.running)
            self._workers.set(queue.workers)


def _open_publisher(metrics: _Metrics, where: str) -> Callable[[], None]:
    """Open the file or port; return what to call after each change."""
    from prometheus_client import start_http_server, write_to_textfile

    try:
        if at := PORT.fullmatch(where):
            start_http_server(int(at["port"]), at["host"] or "127.0.0.1", metrics.registry)
            return lambda: None
        path = Path(where)
        path.touch()
    except (OSError, OverflowError) as error:
        raise UsageError("cannot publish metrics", where=where, why=str(error)) from error
    return lambda: write_to_textfile(str(path), metrics.registry)


async def _publish_regularly(metrics: _Metrics, publish: Callable[[], None]) -> None:
    while True:
        try:
            await metrics.update()
            publish()
        except (StorageError, OSError):
            # The command itself reports a lost database.
            pass
        await asyncio.sleep(UPDATE_SECONDS)
