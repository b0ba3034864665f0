"""Show, cancel, retry and remove recorded jobs."""

import difflib
from collections.abc import Sequence
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.options import ForExcel, ListFormat, Output, RawCsv, TextOrJson, TextOrLines
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.cli.view.numbers import format_count
from sitemap_cli.errors import UsageError
from sitemap_cli.model import exit_codes
from sitemap_cli.model.values import Status, Verdict
from sitemap_cli.settings import FETCH, KEEP

if TYPE_CHECKING:
    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.services.catalog.retry_selection import RetrySelection, RetryTarget
    from sitemap_cli.storage.session import Session

GROUP = "jobs"
CHAPTER = "Management"
SHOWN = 50
"""Jobs that a list shows if no number is given."""


@command()
async def list_(
    run: Run,
    domain: Annotated[str | None, typer.Option(metavar="D", help="Only jobs of this domain.")] = None,
    status: Annotated[
        str | None, typer.Option(metavar="S,S", help="Only jobs with one of these statuses.")
    ] = None,
    verdict: Annotated[
        str | None, typer.Option(metavar="V,V", help="Only jobs with one of these verdicts.")
    ] = None,
    batch: Annotated[str | None, typer.Option(metavar="ID", help="Only jobs of this batch.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE|AGE", help="Only jobs since then: 2026-11-23, 7d, yesterday.")
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help=f"Show at most N. Default: {SHOWN} as text, else all."),
    ] = None,
    format_: ListFormat = "text",
    raw_csv: RawCsv = False,
    excel: ForExcel = False,
    output: Output = None,
) -> None:
    """List jobs, newest first.

    $ sitemap jobs list --limit 20
    $ sitemap jobs list --domain example.com --since 7d
    $ sitemap jobs list --verdict blocked,timeout --format csv
    """
    import datetime as dt

    from sitemap_cli.cli.framework.dates import parse_date
    from sitemap_cli.cli.framework.list_output import load_pages, parse_list_output, write_list
    from sitemap_cli.cli.view.job_table import render_job_table
    from sitemap_cli.model.results import JobSummary
    from sitemap_cli.services.catalog import batches
    from sitemap_cli.services.recording import jobs
    from sitemap_cli.services.reporting import job_result
    from sitemap_cli.tasks.locking import mark_stale_jobs

    destination = parse_list_output(format_, output, raw_csv=raw_csv, for_excel=excel)
    after = dt.datetime.fromtimestamp(parse_date("--since", since), dt.UTC) if since else None
    statuses, verdicts = _parse_values("status", status, Status), _parse_values("verdict", verdict, Verdict)
    is_short = limit is None and destination.is_text
    tenant = run.settings.tenant
    async with run.open_database() as db:
        await mark_stale_jobs(db, tenant)
        async with db.reading() as session:
            batch_id = (await batches.find_batch(session, tenant, batch)).id if batch else None
            queue = await db.queue.load_state(session) if db.may_have_queue else None

        async def load(session: "Session", last: JobSummary | None, count: int) -> Sequence[JobSummary]:
            rows = await jobs.list_jobs(
                session,
                tenant,
                domain=domain,
                statuses=statuses,
                verdicts=verdicts,
                since=after,
                batch_id=batch_id,
                before=last.job_id if last else None,
                limit=count,
            )
            return job_result.summarize_jobs(rows)

        pages = load_pages(db, load, SHOWN + 1 if is_short else limit)
        table = partial(render_job_table, clock=run.console.clock)
        is_filtered = bool(domain or statuses or verdicts or batch or since)
        none = "no job matches" if is_filtered else "no jobs; record one: sitemap analyze example.com"
        shown = SHOWN if is_short else None
        found = await write_list(run.console, destination, pages, table, none, type_=JobSummary, shown=shown)
    if is_short and found > SHOWN:
        run.console.print_note(f"the {SHOWN} newest jobs; --limit N shows more")
    if found and queue is not None and destination.is_text and output is None:
        in_queue = f"queue: {queue.waiting:,} waiting, {queue.running:,} running"
        run.console.print_lines(["", f"{in_queue}, {format_count(queue.workers, 'worker')}"])


@command()
async def show(
    run: Run,
    job: Annotated[str, typer.Argument(metavar="ID", help="Id of a job, a unique prefix, or last.")],
    format_: TextOrJson = "text",
) -> None:
    """Show a job: its verdict, its sitemaps and its findings.

    $ sitemap jobs show last
    $ sitemap jobs show last --format json
    """
    from msgspec.structs import asdict

    from sitemap_cli.cli.view.analysis import render_analysis
    from sitemap_cli.model.job_results import JobDocument
    from sitemap_cli.services.history import trust_evidence
    from sitemap_cli.services.recording import recorded_findings
    from sitemap_cli.services.reporting import job_result
    from sitemap_cli.tasks.locking import mark_stale_jobs

    async with run.open_database() as db:
        await mark_stale_jobs(db, run.settings.tenant)
        async with db.reading() as session:
            result = await job_result.load_job_result(session, run.settings.tenant, job, with_sections=True)
            found = await recorded_findings.list_findings(session, result.job_id)
            trust = await trust_evidence.load_job_trust(session, result.job_id)
    run.console.print_one(
        JobDocument(**asdict(result), lastmod_trust=trust),
        format_,
        lambda job: render_analysis(job, found, run.console.complete_hint),
    )


@command()
async def cancel(
    run: Run,
    job: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="Ids of jobs, or unique prefixes.")
    ] = None,
    batch: Annotated[str | None, typer.Option(metavar="ID", help="All jobs of this batch.")] = None,
) -> None:
    """Cancel pending and running jobs; a running job stops before its next sitemap.

    $ sitemap jobs cancel 01936f2a
    $ sitemap jobs cancel --batch last
    """
    from sitemap_cli.services.catalog import batches
    from sitemap_cli.services.recording import jobs
    from sitemap_cli.tasks.locking import mark_stale_jobs

    if not job and batch is None:
        raise UsageError("name the jobs to cancel", hint="sitemap jobs cancel ID, or --batch ID")
    tenant = run.settings.tenant
    async with run.open_database() as db:
        await mark_stale_jobs(db, tenant)
        async with db.transaction() as session:
            ids = [(await jobs.find_job(session, tenant, each))[0].id for each in job or ()]
            cancelled = await jobs.cancel_jobs(session, ids)
            if batch is not None:
                cancelled += await batches.cancel_batch(
                    session, await batches.find_batch(session, tenant, batch)
                )
    note = f"{format_count(cancelled, 'job')} cancelled" if cancelled else "nothing to cancel: already ended"
    run.console.print_note(note)


@command()
async def accept(
    run: Run,
    job: Annotated[list[str], typer.Argument(metavar="ID", help="Ids of jobs, unique prefixes, or last.")],
) -> None:
    """Accept complete jobs with all that they lost: later checks compare with them (--max-drop).

    # After a wanted drop: later checks compare with this job
    $ sitemap jobs accept last
    """
    from sitemap_cli.services.checking.acceptance import accept_job

    async with run.open_database() as db, db.transaction() as session:
        accepted = [await accept_job(session, run.settings.tenant, each) for each in job]
    run.console.print_note(f"{format_count(len(accepted), 'job')} accepted for comparison with later jobs")


@command(FETCH, KEEP)
async def retry(
    run: Run,
    job: Annotated[
        list[str] | None, typer.Argument(metavar="ID", help="Ids of jobs, or unique prefixes.")
    ] = None,
    verdict: Annotated[
        str | None,
        typer.Option(
            metavar="V,V", help="Jobs with these verdicts, unless a later job of the same target ended."
        ),
    ] = None,
    status: Annotated[
        str | None,
        typer.Option(
            metavar="S,S", help="Jobs with these statuses, unless a later job of the same target ended."
        ),
    ] = None,
    batch: Annotated[str | None, typer.Option(metavar="ID", help="Only jobs of this batch.")] = None,
    domain: Annotated[str | None, typer.Option(metavar="D", help="Only jobs of this domain.")] = None,
    wait: Annotated[
        bool,
        typer.Option("--wait", help="Wait for other runs of the same domains instead of exiting with 75."),
    ] = False,
    format_: TextOrLines = "text",
    output: Output = None,
) -> int:
    """Retry jobs as a new batch: by id, or the last job of each target by its verdict or status.

    $ sitemap jobs retry --verdict blocked,timeout
    $ sitemap jobs retry --batch last --delay 2s
    """
    from sitemap_cli.cli.framework.batch_runs import run_batch
    from sitemap_cli.cli.framework.failures import is_seen
    from sitemap_cli.cli.output_file import open_output
    from sitemap_cli.services.catalog.batches import RETRY
    from sitemap_cli.services.catalog.retry_selection import find_retry_targets
    from sitemap_cli.tasks.batch import start_batch
    from sitemap_cli.tasks.locking import mark_stale_jobs

    selection = _parse_selection(job or (), verdict, status, batch, domain)
    on_wait = run.console.print_note if wait else None
    with open_output(output) as stream:
        async with run.open_database() as db:
            await mark_stale_jobs(db, run.settings.tenant)
            async with db.reading() as session:
                found = await find_retry_targets(session, run.settings.tenant, selection)
            targets, skipped = _parse_targets(run, found)
            if not targets:
                run.console.print_note("nothing to retry")
                return exit_codes.PARTIAL if skipped else exit_codes.OK
            opening = start_batch(db, run.settings.tenant, RETRY, targets, on_wait)
            seen = is_seen(format_, output)
            codes = await run_batch(
                run, db, opening, stream, format_=format_, on_wait=on_wait, is_seen=seen, is_later=True
            )
    return exit_codes.combine([*codes, *([exit_codes.PARTIAL] if skipped else [])])


@command(KEEP)
async def prune(
    run: Run,
    older_than: Annotated[
        str | None,
        typer.Option(metavar="AGE", help="Remove only jobs that ended longer ago than this: 90d, 12h, 2w."),
    ] = None,
    domain: Annotated[str | None, typer.Option(metavar="D", help="Only jobs of this domain.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be removed, and remove nothing.")
    ] = False,
    format_: TextOrJson = "text",
) -> None:
    """Remove old jobs, and the documents that no other job uses: by --keep, --older-than, or both.

    With --keep and --older-than, a job is removed only if both allow it. Always kept: jobs that have not
    ended, the last two complete jobs of each domain or other target (one with --keep 1), the last one that
    read anything, and those that check --max-drop compares with.

    $ sitemap jobs prune --keep 30 --dry-run --verbose
    $ sitemap jobs prune --keep 30 --older-than 90d
    """
    from sitemap_cli.cli.framework.pruning_runs import parse_rule, run_prune

    await run_prune(run, parse_rule(run, older_than), domain, format_, dry_run=dry_run)


def _parse_selection(
    job_ids: Sequence[str],
    verdict: str | None,
    status: str | None,
    batch: str | None,
    domain: str | None,
) -> "RetrySelection":
    """Parse the options of ``jobs retry``.

    Raises:
        UsageError: they select nothing, or select both by id and by ending.
    """
    from sitemap_cli.services.catalog.retry_selection import RetrySelection

    verdicts = _parse_values("verdict", verdict, Verdict)
    statuses = _parse_values("status", status, Status)
    by_ending = bool(verdicts or statuses)
    if job_ids and (by_ending or batch or domain):
        raise UsageError("name jobs by their ids, or by how they ended", why="not both")
    if not job_ids and not by_ending:
        hint = "sitemap jobs retry --verdict blocked,timeout"
        raise UsageError("name the jobs to retry", hint=hint)
    return RetrySelection(job_ids, verdicts, statuses, batch, domain)


def _parse_values(option: str, given: str | None, known: type[StrEnum]) -> list[str]:
    """Split a list at its commas.

    Raises:
        UsageError: a value is unknown.
    """
    values = [each.strip() for each in (given or "").split(",") if each.strip()]
    if unknown := set(values) - {*known}:
        wrong = min(unknown)
        close = difflib.get_close_matches(wrong.lower(), list(known), 1, 0.7)
        hint = f"did you mean {close[0]}?" if close else None
        raise UsageError(f"unknown {option}", where=wrong, why=f"valid values: {', '.join(known)}", hint=hint)
    return values


def _parse_targets(run: Run, found: "Sequence[RetryTarget]") -> "tuple[list[Target], int]":
    """Return the targets, each once, and how many were skipped because they are local builds."""
    from sitemap_cli.crawl.targets import identify_target, parse_target

    targets = dict[str, "Target"]()
    builds = [each.name for each in found if each.is_local]
    for name in builds:
        run.console.print_log("warning", f"a local build cannot be retried ({name}): analyze it again")
    for each in found:
        if not each.is_local:
            target = parse_target(each.name, local=False)
            targets.setdefault(identify_target(target), target)
    return list(targets.values()), len(builds)
