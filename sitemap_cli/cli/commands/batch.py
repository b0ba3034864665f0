"""Many domains: a job for each domain of a list, several at once; what was broken off can be gone on with."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.options import Column, Limit, ListFormat, Output, ReportFormat, ResultFormat
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.cli.view.numbers import format_count
from sitemap_cli.errors import UsageError
from sitemap_cli.model import exit_codes
from sitemap_cli.settings import FETCH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.storage.database import Database

GROUP = "batch"
DEFAULT = "run"


@command(FETCH)
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
            help="Go on with an unfinished batch: the last, that of FILE or --tag, or an ID in their place.",
        ),
    ] = False,
    tag: Annotated[
        list[str] | None,
        typer.Option(
            "--tag", metavar="TAG", help="The domains with this tag in place of a list; repeatable."
        ),
    ] = None,
    column: Column = None,
    enqueue: Annotated[
        bool, typer.Option("--enqueue", help="Leave the jobs to the workers, in a queue in Postgres.")
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait for other runs of the list and its domains; else exit 75.")
    ] = False,
    format_: ResultFormat = "text",
    metrics: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|:PORT", help="Keep metrics for Prometheus in a file, or serve them at a port."
        ),
    ] = None,
    output: Output = None,
) -> int:
    """Analyze every domain of a list, --concurrency sites at once, and print a summary.

    Beside it: sitemap batch list, and sitemap batch show ID.
    """
    from sitemap_cli.cli.framework.batch_runs import run_batch
    from sitemap_cli.cli.output_file import open_output
    from sitemap_cli.inputs.target_list import TargetList, read_target_list
    from sitemap_cli.services.catalog import batches
    from sitemap_cli.tasks.batch import resume_batch, start_batch
    from sitemap_cli.tasks.locking import mark_stale_jobs

    if not (file or tag or resume) or (file and tag):
        raise UsageError(
            "name a list of domains", hint="sitemap batch FILE, - for standard input, or --tag TAG"
        )
    named = batches.build_tags_source(tag) if tag else file
    if resume and enqueue:
        hint = "workers resume queued jobs"
        raise UsageError("--resume and --enqueue exclude each other", hint=hint)
    warn, note = partial(run.console.print_log, "warning"), run.console.print_note
    found = read_target_list(file, column, warn=warn, note=note) if file and not resume else TargetList()
    on_wait = run.console.print_note if wait else None
    with open_output(output) as stream:
        async with run.open_database() as db:
            tenant = run.settings.tenant
            await mark_stale_jobs(db, tenant)
            if enqueue and not resume:
                targets = await _find_tagged(db, tenant, tag) if tag else found.targets
                return await _enqueue_targets(run, db, named or "", targets, unusable=found.unusable)
            if resume:
                opening = resume_batch(db, tenant, named, on_wait)
            elif tag:
                opening = start_batch(db, tenant, named or "", await _find_tagged(db, tenant, tag), on_wait)
            else:
                opening = start_batch(
                    db, tenant, batches.build_file_source(file or ""), found.targets, on_wait
                )
            codes = await run_batch(
                run, db, opening, stream, format_=format_, on_wait=on_wait, metrics=metrics
            )
    return exit_codes.combine([*codes, *([exit_codes.PARTIAL] if found.unusable else [])])


async def _find_tagged(db: "Database", tenant: str, tags: "Sequence[str]") -> "list[Target]":
    """Return the domains that have all of these tags.

    Raises:
        UsageError: no domain has them.
    """
    from sitemap_cli.crawl.targets import parse_target
    from sitemap_cli.services.catalog import domain_catalog

    async with db.reading() as session:
        names = await domain_catalog.list_names_by_tags(session, tenant, tags)
    if not names:
        raise UsageError("no domain has this tag", where=", ".join(tags), hint="sitemap domains list")
    return [parse_target(name, local=False) for name in names]


@command()
async def list_(
    run: Run,
    limit: Limit = None,
    format_: ListFormat = "text",
) -> None:
    """List batches, newest first."""
    from sitemap_cli.cli.view.batch_summary import render_batch_table
    from sitemap_cli.services.catalog import batches
    from sitemap_cli.tasks.locking import mark_stale_jobs

    async with run.open_database() as db:
        await mark_stale_jobs(db, run.settings.tenant)
        async with db.reading() as session:
            found = batches.summarize_batches(await batches.list_batches(session, run.settings.tenant, limit))
    run.console.print_list(
        found, format_, render_batch_table, "no batches; run one: sitemap batch domains.txt"
    )


@command()
async def show(
    run: Run,
    batch: Annotated[str, typer.Argument(metavar="ID", help="A batch's id, or a prefix of it.")],
    format_: ReportFormat = "text",
) -> None:
    """Show one batch: how its jobs ended."""
    from sitemap_cli.cli.view.batch_summary import render_batch
    from sitemap_cli.services.catalog import batches
    from sitemap_cli.tasks.locking import mark_stale_jobs

    async with run.open_database() as db:
        await mark_stale_jobs(db, run.settings.tenant)
        async with db.reading() as session:
            found = await batches.find_batch(session, run.settings.tenant, batch)
            report = await batches.load_batch_result(session, found)
    run.console.print_one(report, format_, render_batch)


async def _enqueue_targets(
    run: Run, db: "Database", source: str, targets: "list[Target]", *, unusable: int
) -> int:
    """Put a list into the queue, and say what became of it."""
    from sitemap_cli.services.catalog import batches
    from sitemap_cli.tasks.worker import enqueue_batch

    named = source if source.startswith("tag:") else batches.build_file_source(source)
    done = await enqueue_batch(db, run.settings.tenant, named, targets)
    told = f"{format_count(done.added, 'job')} in the queue"
    told += f", as batch {done.batch_id}" if done.added else ""
    told += f"; {format_count(done.waiting, 'domain')} waited there already" if done.waiting else ""
    run.console.print_note(told)
    return exit_codes.PARTIAL if unusable else exit_codes.OK
