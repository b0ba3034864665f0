"""Discover, fetch, parse and record the sitemaps of one or more targets."""

from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from sitemap_cli.cli.framework.attended_job import attend_job
from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.options import BaseUrl, Metrics, Output, TextJsonOrLines, Wait
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import LockedError
from sitemap_cli.model import exit_codes
from sitemap_cli.output.json_text import encode_json
from sitemap_cli.settings import FETCH, KEEP

if TYPE_CHECKING:
    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.model.results import JobResult
    from sitemap_cli.storage.database import Database
    from sitemap_cli.tasks.run_job import RunContext

CHAPTER = "Core commands"


@command(FETCH, KEEP)
async def analyze(
    run: Run,
    targets: Annotated[
        list[str], typer.Argument(metavar="TARGET", help="Domain, URL, folder or file; - reads a list.")
    ],
    base_url: BaseUrl = None,
    format_: TextJsonOrLines = "text",
    wait: Wait = False,
    metrics: Metrics = None,
    output: Output = None,
) -> int:
    """Discover, fetch, parse and record the sitemaps of each TARGET, and print a summary.

    $ sitemap analyze example.com
    # A build before it is published
    $ sitemap analyze dist --base-url https://example.com
    # A staging site behind a password, one request per second
    $ sitemap analyze staging.example.com --user NAME:PASSWORD --delay 1s
    $ sitemap analyze example.com example.org --format json -o result.json
    """
    from sitemap_cli.cli.framework.failures import is_seen, print_failure
    from sitemap_cli.cli.framework.metrics import check_destination, collect_metrics
    from sitemap_cli.cli.framework.pruning_runs import apply_policy
    from sitemap_cli.cli.framework.target_arguments import read_target_arguments
    from sitemap_cli.cli.output_file import open_output
    from sitemap_cli.model.results import AnalyzeDocument
    from sitemap_cli.tasks.locking import mark_stale_jobs
    from sitemap_cli.tasks.preparation.preparer import open_preparer
    from sitemap_cli.tasks.run_job import RunContext

    check_destination(metrics)
    parsed, unusable = read_target_arguments(run, targets, [base_url] if base_url else [])
    results, codes = list["JobResult"](), [exit_codes.PARTIAL] if unusable else list[int]()
    with open_output(output) as stream:
        async with (
            run.open_fetchers() as fetchers,
            run.open_database() as db,
            collect_metrics(db, metrics) as meter,
            open_preparer(run.settings) as preparer,
        ):
            fetchers.check_options(parsed)
            await mark_stale_jobs(db, run.settings.tenant)
            context = RunContext(db, fetchers, run.settings, meter, preparer)
            for target in parsed:
                try:
                    result = await _analyze_target(run, context, target, wait=wait)
                except LockedError as error:
                    run.console.print_error(error)
                    codes.append(error.exit_code)
                else:
                    results.append(result)
                    codes.append(exit_codes.for_verdict(result.verdict))
                    await _print_result(run, db, results, format_, stream)
                    if not is_seen(format_, output):
                        print_failure(
                            run.console,
                            result.job_id,
                            result.target,
                            result.domain,
                            result.verdict,
                            result.error,
                        )
            await apply_policy(run, db, job_ids=[each.job_id for each in results])
        if format_ == "json":
            stream.write(encode_json(AnalyzeDocument(results), indent=2))
    return exit_codes.combine(codes)


async def _analyze_target(run: Run, context: "RunContext", target: "Target", *, wait: bool) -> "JobResult":
    """Record a job in a transaction, run it, and load what it recorded.

    Raises:
        LockedError: another run holds the domain's lock, and ``wait`` is off.
    """
    from sitemap_cli.services.catalog.job_start import start_job
    from sitemap_cli.services.reporting import job_result

    async with attend_job(run, context, target, wait=wait) as job:
        async with context.db.transaction() as session:
            started = await start_job(session, job.new)
        await job.run(started)
    async with context.db.reading() as session:
        return await job_result.load_job_result(
            session, run.settings.tenant, started.job_id, with_sections=True
        )


async def _print_result(
    run: Run, db: "Database", results: "list[JobResult]", format_: str, stream: BinaryIO
) -> None:
    """Print the last result at once; with ``--quiet`` only if it failed or changed."""
    *others, result = results
    is_news = result.verdict != "ok" or result.totals.are_changed
    if format_ == "jsonl":
        stream.write(encode_json(result))
        stream.flush()
    elif format_ == "text" and (is_news or not run.settings.quiet):
        stream.write(b"\n" if others and not run.settings.quiet else b"")
        await _print_summary(run, db, result, stream)


async def _print_summary(run: Run, db: "Database", result: "JobResult", stream: BinaryIO) -> None:
    from sitemap_cli.cli.view.analysis import render_analysis
    from sitemap_cli.services.recording import recorded_findings

    async with db.reading() as session:
        found = await recorded_findings.list_findings(session, result.job_id)
    run.console.print_rendered(render_analysis(result, found, run.console.complete_hint), stream)
