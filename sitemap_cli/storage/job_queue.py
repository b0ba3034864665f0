"""What the program wants of a queue that many machines take jobs from; how one works is its own affair."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from sitemap_cli.storage.session import Session

Handler = Callable[[str, str], Awaitable[None]]
"""Carries out a job: its tenant and its id. It may be called again for a job whose worker died."""


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """A job for the queue.

    Of one ``host`` no two jobs run at the same time, whichever machines take them; and of one
    ``name`` no two wait.
    """

    tenant: str
    job_id: str
    host: str
    name: str


@dataclass(frozen=True, slots=True)
class QueueState:
    """How many jobs wait and run, and how many workers live."""

    waiting: int
    running: int
    workers: int


class JobQueue(Protocol):
    """A queue in the database, so that a job is in it if, and only if, its row is committed."""

    async def find_waiting(self, session: Session, names: Collection[str]) -> set[str]:
        """Those of the names of which a job waits."""

    async def enqueue_jobs(self, session: Session, jobs: Sequence[QueuedJob]) -> None:
        """Add jobs, in the transaction of the caller.

        Raises:
            LockedError: a job of the same name was added meanwhile.
        """

    async def load_state(self, session: Session) -> QueueState | None:
        """How the queue stands; None where there is no queue."""

    async def run_worker(self, handler: Handler, *, concurrency: int, dead_after: float) -> None:
        """Carry out jobs, so many at once, until this is cancelled; what it had in hand then goes back.

        So does what workers had in hand that gave no sign of life for ``dead_after`` seconds.

        Raises:
            StorageError: the database is gone.
        """
