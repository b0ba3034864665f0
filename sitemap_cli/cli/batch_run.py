"""Carries out a batch that is open: progress meanwhile, results as they come, and a summary at the end."""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from sitemap_cli.cli import exit_codes
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import LockedError
from sitemap_cli.output.json_text import encoded

if TYPE_CHECKING:
    from sitemap_cli.progress import Meter
    from sitemap_cli.storage.database import Database
    from sitemap_cli.tasks.batch import OpenBatch


async def carry_out(
    run: Run,
    db: "Database",
    opening: "AbstractAsyncContextManager[OpenBatch]",
    stream: BinaryIO,
    *,
    format_: str,
    waits: Callable[[str], None] | None,
    metrics: str | None = None,
) -> list[int]:
    """Run the jobs that wait, and say how it went; the exit codes of all of the batch's sites.

    Raises:
        LockedError: another run holds the lock on the batch.
    """
    from sitemap_cli.cli.framework.metrics import metered
    from sitemap_cli.cli.view.batch_summary import render_batch
    from sitemap_cli.services.catalog import batches

    async with opening as batch, metered(db, metrics) as meter:
        put_off = await _carry_out(run, db, batch, format_, stream, waits, meter)
    async with db.reading() as session:
        report = await batches.load_batch_result(
            session, await batches.find_batch(session, run.settings.tenant, batch.batch_id)
        )
    codes = [exit_codes.of(verdict) for verdict in report["verdicts"]]
    codes += [LockedError.exit_code] if put_off else []
    told = set(codes) != {exit_codes.OK} or report["changed"]
    if format_ == "text" and (told or not run.settings.quiet):
        run.console.show(render_batch(report), stream)
    return codes


async def _carry_out(
    run: Run,
    db: "Database",
    batch: "OpenBatch",
    format_: str,
    stream: BinaryIO,
    waits: Callable[[str], None] | None,
    meter: "Meter",
) -> bool:
    """Run the jobs that wait, print each as it ends if asked to; whether some had to be put off."""
    from sitemap_cli.cli.view.live_progress import show_batch_progress
    from sitemap_cli.progress import BatchProgress
    from sitemap_cli.services.reporting import job_result
    from sitemap_cli.tasks.batch import BatchRun, compute_max_requests
    from sitemap_cli.tasks.batch import run_batch as task
    from sitemap_cli.tasks.run_job import Equipment

    settings, progress = run.settings, BatchProgress(batch.total, batch.before)

    async def print_each(job_id: str) -> None:
        if format_ == "jsonl":
            async with db.reading() as session:
                result = await job_result.load_job_result(session, settings.tenant, job_id)
            stream.write(encoded(result))
            stream.flush()

    async with run.fetchers(compute_max_requests(settings)) as fetchers:
        equipment = Equipment(db, partial(fetchers.of, None), settings, meter)
        in_hand = BatchRun(equipment, batch.batch_id, progress, print_each)
        with _telling_of(run, batch), show_batch_progress(run.console, batch.source, progress):
            put_off = await task(in_hand, waits)
    for work in put_off:
        run.console.error(LockedError("another run holds the lock", where=work.domain, why="put off"))
    return bool(put_off)


@contextmanager
def _telling_of(run: Run, batch: "OpenBatch") -> Iterator[None]:
    """Say how to go on with what a signal stopped."""
    from asyncio import CancelledError

    from sitemap_cli.cli.framework.signals import Stopped

    try:
        yield
    except (CancelledError, Stopped):
        run.console.note(f"stopped; this goes on with it: sitemap batch --resume {batch.batch_id}")
        raise
