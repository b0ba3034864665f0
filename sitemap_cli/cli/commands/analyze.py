"""Discover, fetch, parse and record the sitemaps of one or more targets."""

from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from sitemap_cli.cli import exit_codes
from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.options import BaseUrl, ListFormat, Output, Wait
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.cli.target_run import run_target
from sitemap_cli.errors import LockedError
from sitemap_cli.output.json_text import encoded
from sitemap_cli.settings import FETCH

if TYPE_CHECKING:
    from sitemap_cli.storage.database import Database

SCHEMA = "sitemap/analyze/1"


@command(FETCH)
async def analyze(
    run: Run,
    targets: Annotated[list[str], typer.Argument(metavar="TARGET", help="Domain, URL, folder or file.")],
    base_url: BaseUrl = None,
    format_: ListFormat = "text",
    wait: Wait = False,
    output: Output = None,
) -> int:
    """Discover, fetch, parse and record the sitemaps of each TARGET, and print a summary."""
    from sitemap_cli.cli.output_file import sink
    from sitemap_cli.crawl.targets import parse
    from sitemap_cli.tasks.locking import mark_stale_jobs

    understood = [parse(each, base_url=base_url) for each in targets]
    results, codes = list[dict[str, Any]](), list[int]()
    with sink(output) as stream:
        async with run.database() as db, run.fetchers() as fetchers:
            await mark_stale_jobs(db, run.settings.tenant)
            for target in understood:
                try:
                    result = await run_target(run, db, fetchers, target, wait=wait)
                except LockedError as error:
                    run.console.error(error)
                    codes.append(error.exit_code)
                else:
                    results.append(result)
                    codes.append(exit_codes.of(result["verdict"]))
                    await _print_each(run, db, results, format_, stream)
        if format_ == "json":
            stream.write(encoded({"schema": SCHEMA, "results": results}, indent=2))
    return exit_codes.together(codes)


async def _print_each(
    run: Run, db: "Database", results: list[dict[str, Any]], format_: str, stream: BinaryIO
) -> None:
    """Print the last result as soon as it is there; when quiet, if it is of interest."""
    from sitemap_cli.services.reporting.job_result import is_changed

    *others, result = results
    told = result["verdict"] != "ok" or is_changed(result["totals"])
    if format_ == "jsonl":
        stream.write(encoded(result))
        stream.flush()
    elif format_ == "text" and (told or not run.settings.quiet):
        stream.write(b"\n" if others and not run.settings.quiet else b"")
        await _print_summary(run, db, result, stream)


async def _print_summary(run: Run, db: "Database", result: dict[str, Any], stream: BinaryIO) -> None:
    from sitemap_cli.cli.view.analysis import render_analysis
    from sitemap_cli.services.checking import findings

    async with db.reading() as session:
        found = await findings.list_findings(session, result["job_id"])
    run.console.show(render_analysis(result, found), stream)
