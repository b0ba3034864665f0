"""Run the pending jobs of a batch for a command: progress, results as they come, and a summary."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, BinaryIO, Self

from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import LockedError, UsageError
from sitemap_cli.model import exit_codes
from sitemap_cli.model.values import Verdict
from sitemap_cli.output.json_text import encode_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager

    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.model.results import BatchResult
    from sitemap_cli.storage.database import Database
    from sitemap_cli.tasks.batch import OpenBatch
    from sitemap_cli.tasks.processes.process_messages import Setup
    from sitemap_cli.tasks.run_job import RunContext


TOLERANCE = re.compile(r"(?P<jobs>[0-9]{1,9})|(?P<share>[0-9]{1,3}(?:\.[0-9]+)?)\s*%")


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
    tolerances: "Tolerances | None" = None,
    is_seen: bool = False,
    is_later: bool = False,
) -> list[int]:
    """Run the pending jobs of a batch, and print the summary of the whole batch.

    ``targets`` have the passwords of the list, which are not stored with the jobs; ``is_later`` says that
    the jobs repeat or resume those of an earlier command, which may have had passwords. Unless the user sees
    the summary, each job that failed and did not fail before is also a line on stderr.

    Returns:
        The exit codes of the verdicts of the batch, or 0 or 3 if ``tolerances`` decide, and 75 if other runs
        held the locks of some.

    Raises:
        LockedError: another run holds the lock of the batch.
    """
    from sitemap_cli.cli.framework.failures import print_failure
    from sitemap_cli.cli.framework.metrics import collect_metrics
    from sitemap_cli.cli.framework.pruning_runs import apply_policy
    from sitemap_cli.cli.view.batch_summary import has_news, render_batch
    from sitemap_cli.services.catalog import batches
    from sitemap_cli.services.reporting import batch_report
    from sitemap_cli.tasks.batch import compute_max_requests
    from sitemap_cli.tasks.preparation.preparer import open_preparer
    from sitemap_cli.tasks.run_job import RunContext

    async with run.open_fetchers(compute_max_requests(run.settings)) as fetchers:
        fetchers.check_options()
        fetchers.add_logins(targets)
        async with (
            collect_metrics(db, metrics) as meter,
            opening as batch,
            open_preparer(run.settings) as preparer,
        ):
            context = RunContext(db, fetchers, run.settings, meter, preparer, is_later=is_later)
            some_locked = await _run_jobs(run, context, batch, format_, stream, on_wait)
    async with db.reading() as session:
        found = await batches.find_batch(session, run.settings.tenant, batch.batch_id)
        result = await batch_report.load_batch_result(session, found)
        failing = [] if is_seen else await batch_report.list_newly_failing(session, found)
    for each in failing:
        print_failure(run.console, each.job_id, each.domain, each.domain, each.verdict, each.error)
    codes = [exit_codes.for_verdict(verdict) for verdict in result.verdicts]
    if tolerances is not None:
        codes = [exit_codes.OK if tolerances.allow(result) else exit_codes.PARTIAL]
    codes += [exit_codes.PARTIAL] if result.unfinished and not some_locked else []
    codes += [LockedError.exit_code] if some_locked else []
    quiet = run.settings.quiet
    if format_ == "text" and (has_news(result) or not quiet):
        rendered = render_batch(result, run.console.complete_hint, quiet=quiet)
        run.console.print_rendered(rendered, stream)
    await apply_policy(run, db, batch_id=batch.batch_id)
    return codes


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How many jobs of a batch may end without a complete result: a number, or a share of all."""

    jobs: int | None = None
    share: float = 0.0

    def allows(self, failed: int, jobs: int) -> bool:
        """Return whether this many of the jobs may have failed."""
        return failed <= (self.share * jobs if self.jobs is None else self.jobs)

    @classmethod
    def parse(cls, option: str, text: str) -> Self:
        """Parse a number or a percentage.

        Raises:
            UsageError: it is neither.
        """
        found = TOLERANCE.fullmatch(text.strip())
        if found is None or (found["share"] and float(found["share"]) > 100):
            hint = f"{option} 10, or {option} 5%"
            raise UsageError("not a number or percentage", where=f"{option} {text}", hint=hint)
        return cls(int(found["jobs"])) if found["jobs"] else cls(share=float(found["share"]) / 100)


@dataclass(frozen=True, slots=True)
class Tolerances:
    """How many jobs of a batch may fail in all, and how many that did not fail before; None is no limit."""

    failed: Tolerance | None = None
    newly_failed: Tolerance | None = None

    @classmethod
    def parse(cls, failed: str | None, newly_failed: str | None) -> "Tolerances | None":
        """Parse ``--max-failed`` and ``--max-newly-failed``; return None if neither was given.

        Raises:
            UsageError: one is neither a number nor a percentage.
        """
        texts = {"--max-failed": failed, "--max-newly-failed": newly_failed}
        parsed = [None if text is None else Tolerance.parse(option, text) for option, text in texts.items()]
        return cls(*parsed) if any(parsed) else None

    def allow(self, batch: "BatchResult") -> bool:
        """Return whether as many of the jobs may have failed, or be worse than before, as did."""
        from sitemap_cli.services.reporting.batch_report import ALARMING

        failed = sum(jobs for verdict, jobs in batch.verdicts.items() if verdict != Verdict.OK)
        newly = sum(batch.comparisons.get(each, 0) for each in ALARMING)
        pairs = ((self.failed, failed), (self.newly_failed, newly))
        return all(each.allows(count, batch.jobs) for each, count in pairs if each is not None)


async def _run_jobs(
    run: Run,
    context: "RunContext",
    batch: "OpenBatch",
    format_: str,
    stream: BinaryIO,
    on_wait: Callable[[str], None] | None,
) -> bool:
    """Run the pending jobs, with ``jsonl`` print each result; return whether some were locked."""
    from sitemap_cli.cli.framework.signals import note_if_stopped
    from sitemap_cli.cli.view.live_progress import show_batch_progress
    from sitemap_cli.progress import BatchProgress
    from sitemap_cli.services.reporting import job_result
    from sitemap_cli.tasks.batch import BatchRun
    from sitemap_cli.tasks.batch import run_batch as run_pending_jobs
    from sitemap_cli.tasks.processes.job_pool import open_job_pool

    settings, progress = run.settings, BatchProgress(batch.total, batch.finished)

    async def print_result(job_id: str) -> None:
        if format_ == "jsonl":
            async with context.db.reading() as session:
                result = await job_result.load_job_result(session, settings.tenant, job_id)
            stream.write(encode_json(result))
            stream.flush()

    resume = f"sitemap batch --resume {batch.batch_id}"
    setup, processes = _build_setup(context, batch)
    with (
        note_if_stopped(run.console, f"stopped; resume with: {resume}"),
        show_batch_progress(run.console, batch.source, progress),
    ):
        async with open_job_pool(context, setup, processes, run.console.print_forwarded, resume) as pool:
            pending = BatchRun(context, batch.batch_id, progress, print_result, pool)
            locked = await run_pending_jobs(pending, on_wait)
    for work in locked:
        run.console.print_error(LockedError("another run holds the lock", where=work.domain, why="put off"))
    return bool(locked)


def _build_setup(context: "RunContext", batch: "OpenBatch") -> "tuple[Setup, int]":
    """Return what the processes of a batch need to know, and how many there are."""
    from sitemap_cli.progress import Meter
    from sitemap_cli.tasks.batch import compute_max_requests, count_processes
    from sitemap_cli.tasks.locking import name_batch_lock, name_process_lock
    from sitemap_cli.tasks.processes.process_messages import Setup

    settings = context.settings
    processes = count_processes(settings, batch.total - batch.finished)
    setup = Setup(
        replace(settings, processes=1),
        connections=math.ceil(compute_max_requests(settings) / processes),
        processes=processes,
        measures=type(context.meter) is not Meter,
        is_later=context.is_later,
        lock=name_process_lock(name_batch_lock(settings.tenant, batch.batch_id, batch.source)),
    )
    return setup, processes
