"""Run the pending jobs of a batch for a command: progress, results as they come, and a summary."""

from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO

from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import LockedError
from sitemap_cli.model import exit_codes
from sitemap_cli.output.json_text import encode_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager

    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.progress import Meter
    from sitemap_cli.storage.database import Database
    from sitemap_cli.tasks.batch import OpenBatch


async def run_batch(
    run: Run,
    db: "Database",
    opening: "AbstractAsyncContextManager[OpenBatch]",
    stream: BinaryIO,
    *,
    format_: str,
    on_wait: Callable[[str], None] | None,
    metrics: str | None = None,
    targets: "Sequence[Target]" = (),
) -> list[int]:
    """Run the pending jobs of a batch, and print the summary of the whole batch.

    ``targets`` have the passwords of the list, which are not stored with the jobs.

    Returns:
        The exit code of each site of the batch, and 75 if other runs held the locks of some.

    Raises:
        LockedError: another run holds the lock of the batch.
    """
    from sitemap_cli.cli.framework.metrics import collect_metrics
    from sitemap_cli.cli.view.batch_summary import render_batch
    from sitemap_cli.services.catalog import batches

    async with opening as batch, collect_metrics(db, metrics) as meter:
        some_locked = await _run_jobs(run, db, batch, format_, stream, on_wait, meter, targets)
    async with db.reading() as session:
        result = await batches.load_batch_result(
            session, await batches.find_batch(session, run.settings.tenant, batch.batch_id)
        )
    codes = [exit_codes.for_verdict(verdict) for verdict in result.verdicts]
    codes += [LockedError.exit_code] if some_locked else []
    is_news = set(codes) != {exit_codes.OK} or bool(result.changed)
    if format_ == "text" and (is_news or not run.settings.quiet):
        run.console.print_rendered(render_batch(result, run.console.complete_hint), stream)
    return codes


async def _run_jobs(
    run: Run,
    db: "Database",
    batch: "OpenBatch",
    format_: str,
    stream: BinaryIO,
    on_wait: Callable[[str], None] | None,
    meter: "Meter",
    targets: "Sequence[Target]",
) -> bool:
    """Run the pending jobs, with ``jsonl`` print each result; return whether some were locked."""
    from sitemap_cli.cli.framework.signals import note_if_stopped
    from sitemap_cli.cli.view.live_progress import show_batch_progress
    from sitemap_cli.progress import BatchProgress
    from sitemap_cli.services.reporting import job_result
    from sitemap_cli.tasks.batch import BatchRun, compute_max_requests
    from sitemap_cli.tasks.batch import run_batch as run_pending_jobs
    from sitemap_cli.tasks.run_job import RunContext

    settings, progress = run.settings, BatchProgress(batch.total, batch.finished)

    async def print_result(job_id: str) -> None:
        if format_ == "jsonl":
            async with db.reading() as session:
                result = await job_result.load_job_result(session, settings.tenant, job_id)
            stream.write(encode_json(result))
            stream.flush()

    note = f"stopped; resume with: sitemap batch --resume {batch.batch_id}"
    async with run.open_fetchers(compute_max_requests(settings)) as fetchers:
        fetchers.add_logins(targets)
        context = RunContext(db, fetchers, settings, meter)
        pending = BatchRun(context, batch.batch_id, progress, print_result)
        with note_if_stopped(run.console, note), show_batch_progress(run.console, batch.source, progress):
            locked = await run_pending_jobs(pending, on_wait)
    for work in locked:
        run.console.print_error(LockedError("another run holds the lock", where=work.domain, why="put off"))
    return bool(locked)
