"""A job that the user watches: its lock, its progress display, and a note if a signal stops it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sitemap_cli.cli.console import Console
from sitemap_cli.cli.framework.runtime import Run

if TYPE_CHECKING:
    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.services.catalog.job_start import NewJob, StartedJob
    from sitemap_cli.tasks.outcome import Stopwatch
    from sitemap_cli.tasks.run_job import RunContext


@dataclass(frozen=True, slots=True)
class AttendedJob:
    """A new job whose domain is locked: the command records it, then calls :meth:`run`."""

    new: "NewJob"
    context: "RunContext"
    stopwatch: "Stopwatch"
    console: Console

    async def run(self, started: "StartedJob") -> None:
        """Run the job that was recorded, and show its progress meanwhile."""
        from sitemap_cli.cli.view.live_progress import show_progress
        from sitemap_cli.progress import Progress
        from sitemap_cli.tasks.run_job import run_new_job

        progress = Progress()
        with show_progress(self.console, started.target.domain, progress):
            await run_new_job(self.context, started, progress, self.stopwatch)


@asynccontextmanager
async def attend_job(
    run: Run, context: "RunContext", target: "Target", *, wait: bool
) -> AsyncIterator[AttendedJob]:
    """Hold the lock of the target's domain for a new job.

    The block records the job in a transaction and runs it. If the block raises, the ending of the job is
    recorded in a fresh transaction; if a signal stops it, a note says where to find what was recorded.

    Raises:
        LockedError: another run holds the lock, and ``wait`` is off.
    """
    from sitemap_cli.cli.framework.signals import note_if_stopped
    from sitemap_cli.services.catalog.job_start import NewJob
    from sitemap_cli.services.shared import ids
    from sitemap_cli.tasks.locking import describe_process
    from sitemap_cli.tasks.run_job import open_new_job

    new = NewJob(run.settings.tenant, ids.generate_id(), target, describe_process())
    note = f"stopped; what was read so far is recorded: sitemap jobs show {new.job_id}"
    with note_if_stopped(run.console, note):
        async with open_new_job(context.db, new, run.console.print_note if wait else None) as stopwatch:
            yield AttendedJob(new, context, stopwatch, run.console)
