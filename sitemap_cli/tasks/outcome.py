"""Record how a job ended: always, in a fresh transaction, whatever happened."""

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sitemap_cli.aio import uncancelled
from sitemap_cli.errors import ConnectionLostError, NoConnectionLeftError, SitemapError, StorageError
from sitemap_cli.model.values import Status
from sitemap_cli.services.recording import job_totals, jobs
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.session import Session

TRIES = 3

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Stopwatch:
    """Measures how long a job has run, with a monotonic clock: the system time may change."""

    started_at: float = field(default_factory=time.monotonic)

    @property
    def ms(self) -> int:
        """Milliseconds since the start."""
        return int((time.monotonic() - self.started_at) * 1000)


@asynccontextmanager
async def record_outcome(db: Database, job_id: str) -> AsyncIterator[Stopwatch]:
    """Record that a job failed or was interrupted if the block raises, and raise the exception again.

    The block records the job itself. If it succeeds, it also records the ending, in the transaction that
    completes the work. If it raises before the job is recorded, nothing is recorded.
    """
    stopwatch = Stopwatch()
    try:
        yield stopwatch
    except BaseException as error:
        ending = _build_ending(error, stopwatch.ms)
        # A second cancellation must not prevent the ending from being recorded.
        await uncancelled(_record_ending(db, job_id, ending))
        raise


def _build_ending(error: BaseException, ms: int) -> jobs.Ending:
    if isinstance(error, Exception):
        message = str(error) if isinstance(error, SitemapError) else f"{type(error).__name__}: {error}"
        return jobs.Ending(Status.FAILED, error=message, duration_ms=ms)
    return jobs.Ending(Status.INTERRUPTED, error="stopped before the end", duration_ms=ms)


async def _record_ending(db: Database, job_id: str, ending: jobs.Ending) -> None:
    async def record(session: Session) -> None:
        totals = await job_totals.compute_partial_totals(session, job_id)
        await jobs.record_ending(session, job_id, ending, totals)

    # The error that ended the job is reported anyway.
    await write_ending(db, record, f"how job {job_id} ended", reported=ending.error)


async def write_ending(
    db: Database, write: Callable[[Session], Awaitable[None]], what: str, *, reported: str | None = None
) -> StorageError | None:
    """Write how work ended in a fresh transaction; try several times, as what ended it may be temporary.

    It raises no :class:`StorageError`, which would hide why the work ended. What could not be written is
    found later, as the lock is free then.

    Args:
        db: the database.
        write: what to do in the transaction.
        what: what is written, for the log.
        reported: an error that is reported anyway.

    Returns:
        The error of the last attempt; None if it was written.
    """
    failed = None
    for attempt in range(1, TRIES + 1):
        try:
            async with db.transaction(is_ending=True) as session:
                await write(session)
            return None
        except StorageError as error:
            failed = error
            level = logging.INFO if str(error) == reported else logging.WARNING
            log.log(level, "could not record %s (attempt %d): %s", what, attempt, error)
            if isinstance(error, ConnectionLostError | NoConnectionLeftError):
                # It was tried for as long as the server may be away or full.
                break
    return failed
