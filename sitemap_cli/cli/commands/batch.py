"""Analyze many domains: one job per domain of a list. An interrupted batch can be resumed."""

from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.options import (
    Column,
    ForExcel,
    Limit,
    ListFormat,
    Metrics,
    Output,
    RawCsv,
    TextOrLines,
    split_commas,
)
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.cli.view.numbers import format_count
from sitemap_cli.errors import UsageError
from sitemap_cli.model import exit_codes
from sitemap_cli.settings import FETCH, KEEP

if TYPE_CHECKING:
    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.inputs.target_list import TargetList
    from sitemap_cli.storage.database import Database
    from sitemap_cli.storage.session import Session

GROUP = "batch"
CHAPTER = "Core commands"
DEFAULT = "run"


@command(FETCH, KEEP)
async def run_(
    run: Run,
    file: Annotated[
        str | None, typer.Argument(metavar="FILE|-", help="List of domains: text, CSV or JSON Lines.")
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            metavar="",
            help="Resume an unfinished batch: the last one, that of FILE or --tag, or one whose ID stands in "
            "the place of FILE.",
        ),
    ] = False,
    tag: Annotated[
        list[str] | None,
        typer.Option(
            "--tag",
            metavar="TAG",
            callback=split_commas,
            help="Without a list: analyze the domains that have all of these tags. "
            "With one: tag its domains. Repeatable.",
        ),
    ] = None,
    column: Column = None,
    max_failed: Annotated[
        str | None,
        typer.Option(
            metavar="N|P%",
            help="Exit with 0 if at most N jobs, or P% of all, have no complete result, else with 3.",
        ),
    ] = None,
    max_newly_failed: Annotated[
        str | None,
        typer.Option(
            metavar="N|P%",
            help="The same for jobs that are worse than before, and first jobs that failed: sites that "
            "always fail do not count.",
        ),
    ] = None,
    enqueue: Annotated[
        bool, typer.Option("--enqueue", help="Put the jobs into the Postgres queue, for workers.")
    ] = False,
    wait: Annotated[
        bool,
        typer.Option(
            "--wait", help="Wait for other runs of the list and its domains instead of exiting with 75."
        ),
    ] = False,
    format_: TextOrLines = "text",
    metrics: Metrics = None,
    output: Output = None,
) -> int:
    """Analyze every domain of a list, --concurrency sites at once, and print a summary.

    $ sitemap batch domains.txt
    # 50 sites at once; exit code 0 as long as at most 5% of them fail
    $ sitemap batch domains.csv --column site --concurrency 50 --max-failed 5%
    # Continue after an interruption
    $ sitemap batch --resume
    # All domains with a tag; from cron, print only what failed or changed
    $ sitemap batch --tag shops --quiet
    """
    from sitemap_cli.cli.framework.batch_runs import Tolerances, run_batch
    from sitemap_cli.cli.framework.failures import is_seen
    from sitemap_cli.cli.framework.metrics import check_destination
    from sitemap_cli.cli.framework.target_arguments import check_list_name, find_tagged_targets, record_tags
    from sitemap_cli.cli.output_file import open_output
    from sitemap_cli.services.catalog import batches
    from sitemap_cli.tasks.batch import resume_batch, start_batch
    from sitemap_cli.tasks.locking import mark_stale_jobs

    if not (file or tag or resume):
        raise UsageError(
            "name a list of domains", hint="sitemap batch FILE, - for standard input, or --tag TAG"
        )
    if resume and file and tag:
        raise UsageError("--resume takes a list or --tag", why="not both")
    tolerances = Tolerances.parse(max_failed, max_newly_failed)
    check_destination(metrics)
    if file and not resume:
        check_list_name(file)
    named = batches.build_tags_source(tag) if tag and not file else file
    if resume and enqueue:
        hint = "workers resume queued jobs"
        raise UsageError("--resume and --enqueue cannot be used together", hint=hint)
    found = _read_list(run, file, column, resume=resume, enqueue=enqueue)
    on_wait = run.console.print_note if wait else None
    with open_output(output) as stream:
        async with run.open_database() as db:
            tenant = run.settings.tenant
            await mark_stale_jobs(db, tenant)
            if file and not resume:
                await record_tags(run, db, found, tag or ())
            by_tag = tag if not file else None
            if enqueue and not resume:
                targets = await find_tagged_targets(db, tenant, by_tag) if by_tag else found.targets
                return await _enqueue_targets(run, db, named or "", targets, unusable=found.unusable)
            if resume:
                opening = resume_batch(db, tenant, named, on_wait)
            elif by_tag:
                tagged = await find_tagged_targets(db, tenant, by_tag)
                opening = start_batch(db, tenant, named or "", tagged, on_wait)
            else:
                opening = start_batch(
                    db, tenant, batches.build_file_source(file or ""), found.targets, on_wait
                )
            codes = await run_batch(
                run,
                db,
                opening,
                stream,
                format_=format_,
                on_wait=on_wait,
                metrics=metrics,
                targets=found.targets,
                tolerances=tolerances,
                is_seen=is_seen(format_, output),
                is_later=resume,
            )
    return exit_codes.combine([*codes, *([exit_codes.PARTIAL] if found.unusable else [])])


@command()
async def list_(
    run: Run,
    limit: Limit = None,
    format_: ListFormat = "text",
) -> None:
    """List batches, newest first.

    $ sitemap batch list --limit 5
    """
    from sitemap_cli.cli.view.batch_summary import render_batch_table
    from sitemap_cli.model.results import BatchSummary
    from sitemap_cli.services.catalog import batches
    from sitemap_cli.tasks.locking import mark_stale_jobs

    async with run.open_database() as db:
        await mark_stale_jobs(db, run.settings.tenant)
        async with db.reading() as session:
            found = batches.summarize_batches(await batches.list_batches(session, run.settings.tenant, limit))
    none = "no batches; start one: sitemap batch domains.txt"
    table = partial(render_batch_table, clock=run.console.clock)
    run.console.print_list(found, format_, table, none, type_=BatchSummary)


@command()
async def show(
    run: Run,
    batch: Annotated[str, typer.Argument(metavar="ID", help="Id of a batch, a unique prefix, or last.")],
    format_: ListFormat = "text",
    raw_csv: RawCsv = False,
    excel: ForExcel = False,
    output: Output = None,
) -> None:
    """Show a batch: how its jobs ended; as CSV or JSON Lines a row for each job.

    $ sitemap batch show last
    $ sitemap batch show last --format csv -o night.csv
    """
    from bisect import bisect_right

    from sitemap_cli.cli.framework.list_output import load_pages, parse_list_output, write_list
    from sitemap_cli.cli.output_file import open_output
    from sitemap_cli.cli.view.batch_summary import render_batch
    from sitemap_cli.model.results import BatchRow
    from sitemap_cli.services.catalog import batches
    from sitemap_cli.services.reporting import batch_report
    from sitemap_cli.tasks.locking import mark_stale_jobs

    destination = parse_list_output(format_, output, raw_csv=raw_csv, for_excel=excel)
    async with run.open_database() as db:
        await mark_stale_jobs(db, run.settings.tenant)
        async with db.reading() as session:
            found = await batches.find_batch(session, run.settings.tenant, batch)
        if format_ not in ("text", "json"):
            async with db.reading() as session:
                job_ids = await batch_report.list_job_ids(session, found.id)

            async def load(session: "Session", last: BatchRow | None, count: int) -> "list[BatchRow]":
                first = bisect_right(job_ids, last.job_id) if last else 0
                return await batch_report.list_batch_rows(session, job_ids[first : first + count])

            pages = load_pages(db, load)
            await write_list(run.console, destination, pages, render_batch, "", type_=BatchRow)
            return
        with open_output(output) as stream:
            async with db.reading() as session:
                report = await batch_report.load_batch_result(session, found)
            run.console.print_one(
                report, format_, lambda batch: render_batch(batch, run.console.complete_hint), stream
            )


def _read_list(
    run: Run, file: str | None, column: str | None, *, resume: bool, enqueue: bool
) -> "TargetList":
    """Read the list of a batch; to resume one, its file has the passwords, which are not stored.

    Raises:
        UsageError: a new batch has no usable list.
    """
    from sitemap_cli.inputs.target_list import TargetList, read_target_list

    if file is None:
        return TargetList()
    if not resume:
        warn = partial(run.console.print_log, "warning")
        found = read_target_list(file, column, warn=warn, note=run.console.print_note)
        run.console.note_logins(found.targets, enqueued=enqueue)
        return found
    if not Path(file).is_file():
        return TargetList()
    with suppress(UsageError):
        return TargetList(read_target_list(file, column, warn=_ignore, note=_ignore).targets)
    return TargetList()


def _ignore(_text: str) -> None:
    """Report nothing: the run that is resumed has reported it."""


async def _enqueue_targets(
    run: Run, db: "Database", source: str, targets: "list[Target]", *, unusable: int
) -> int:
    """Put a list into the queue, and print how many jobs were added; return the exit code."""
    from sitemap_cli.services.catalog import batches
    from sitemap_cli.tasks.worker import enqueue_batch

    named = source if source.startswith("tag:") else batches.build_file_source(source)
    done = await enqueue_batch(db, run.settings.tenant, named, targets)
    note = f"{format_count(done.added, 'job')} queued"
    note += f", as batch {done.batch_id}" if done.added else ""
    note += f"; {format_count(done.waiting, 'domain')} already queued" if done.waiting else ""
    run.console.print_note(note)
    secrets = [f"--{each}" for each in ("user", "header", "cookie") if getattr(run.settings, each)]
    if secrets:
        run.console.print_note(f"not stored with the jobs: {', '.join(secrets)}; workers need them, too")
    return exit_codes.PARTIAL if unusable else exit_codes.OK
