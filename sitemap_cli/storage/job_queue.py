"""The interface of a job queue that several machines share."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from sitemap_cli.storage.session import Session

Handler = Callable[[str, str], Awaitable[None]]
"""Runs the job of a tenant and an id. It is called again for a job whose worker died."""


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """A job for the queue.

    Jobs of the same ``host`` never run concurrently, on any machine. Of the same ``name`` at most one job
    waits.
    """

    tenant: str
    job_id: str
    host: str
    name: str


@dataclass(frozen=True, slots=True)
class QueueState:
    """Numbers of waiting jobs, running jobs and live workers."""

    waiting: int
    running: int
    workers: int


class JobQueue(Protocol):
    """A queue in the database: a job is queued in the transaction that records it."""

    async def find_waiting(self, session: Session, names: Collection[str]) -> set[str]:
        """Return the names of which a job is waiting."""

    async def enqueue_jobs(self, session: Session, jobs: Sequence[QueuedJob]) -> None:
        """Add jobs, in the caller's transaction.

        Raises:
            LockedError: another process added a job of the same name meanwhile.
        """

    async def load_state(self, session: Session) -> QueueState | None:
        """Return the numbers of jobs and workers; None if the queue was not created."""

    async def run_worker(self, handler: Handler, *, concurrency: int, dead_after: float) -> None:
        """Run jobs, at most ``concurrency`` at once, until cancelled; unfinished jobs are requeued then.

        Jobs of workers without a heartbeat for ``dead_after`` seconds are requeued as well.

        Raises:
            StorageError: the connection to the database was lost.
        """
