"""How a job ended is always written, in a fresh transaction, whatever happened."""

import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sitemap_cli.aio import uncancelled
from sitemap_cli.errors import SitemapError, StorageError
from sitemap_cli.model.values import Status, Verdict
from sitemap_cli.services.recording import job_totals, jobs
from sitemap_cli.storage.database import Database

TRIES = 3

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Stopwatch:
    """How long a job has run; the clock is monotonic, so that a changed system time does no harm."""

    began: float = field(default_factory=time.monotonic)

    @property
    def ms(self) -> int:
        """Milliseconds since the beginning."""
        return int((time.monotonic() - self.began) * 1000)


@asynccontextmanager
async def record_outcome(db: Database, job_id: str) -> AsyncIterator[Stopwatch]:
    """Write that a job failed or was interrupted if the block ends by an exception, and raise it again.

    The block records the job itself and, when it succeeds, how it ended, in the transaction that
    completes the work; a job that never came to be recorded is none to close.
    """
    watch = Stopwatch()
    try:
        yield watch
    except BaseException as error:
        ending = _ending(error, watch.ms)
        # A second cancellation must not keep the ending from being written.
        await uncancelled(_write(db, job_id, ending))
        raise


def _ending(error: BaseException, ms: int) -> jobs.Ending:
    if isinstance(error, Exception):
        why = str(error) if isinstance(error, SitemapError) else f"{type(error).__name__}: {error}"
        return jobs.Ending(Status.FAILED, error=why, duration_ms=ms)
    return jobs.Ending(Status.INTERRUPTED, Verdict.CANCELLED, "stopped before the end", ms)


async def _write(db: Database, job_id: str, ending: jobs.Ending) -> None:
    """Write an ending; the fault that ended the job may still be passing, so try more than once."""
    for attempt in range(1, TRIES + 1):
        try:
            async with db.transaction() as session:
                await jobs.record_ending(
                    session, job_id, ending, await job_totals.compute_partial_totals(session, job_id)
                )
            return
        except StorageError as error:
            # What ended the job is told anyway, and need not be told again.
            if str(error) != ending.error:
                log.warning("could not record how job %s ended (attempt %d): %s", job_id, attempt, error)
