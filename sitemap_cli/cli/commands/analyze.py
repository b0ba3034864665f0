"""Discover, fetch, parse and record the sitemaps of one or more targets."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from sitemap_cli.cli import exits
from sitemap_cli.cli.adapter import command
from sitemap_cli.cli.fetchers import Fetchers
from sitemap_cli.cli.options import ListFormat, Output
from sitemap_cli.cli.runtime import Run
from sitemap_cli.configuration import variable
from sitemap_cli.errors import LockedError
from sitemap_cli.output.json import encoded
from sitemap_cli.settings import FETCH

if TYPE_CHECKING:
    from sitemap_cli.services.targets import Target
    from sitemap_cli.storage.database import Database

SCHEMA = "sitemap/analyze/1"


@command(FETCH)
async def analyze(
    run: Run,
    targets: Annotated[list[str], typer.Argument(metavar="TARGET", help="Domain, URL, folder or file.")],
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Where a local folder or file will be published.")
    ] = None,
    format_: ListFormat = "text",
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait for another run of the same domain instead of exit 75.")
    ] = False,
    output: Output = None,
) -> int:
    """Discover, fetch, parse and record the sitemaps of each TARGET, and print a summary."""
    from sitemap_cli.cli.sink import sink
    from sitemap_cli.services.targets import parse
    from sitemap_cli.tasks.alone import sweep

    understood = [parse(each, base_url=base_url) for each in targets]
    results, codes = list[dict[str, Any]](), list[int]()
    with sink(output) as stream:
        async with run.database() as db, run.fetchers() as fetchers:
            await sweep(db, run.settings.tenant)
            for target in understood:
                try:
                    result = await run_target(run, db, fetchers, target, wait=wait)
                except LockedError as error:
                    run.console.error(error)
                    codes.append(error.exit_code)
                else:
                    results.append(result)
                    codes.append(exits.of(result["verdict"]))
                    await _print_each(run, db, results, format_, stream)
        if format_ == "json":
            stream.write(encoded({"schema": SCHEMA, "results": results}, indent=2))
    return exits.together(codes)


async def run_target(
    run: Run, db: "Database", fetchers: Fetchers, target: "Target", *, wait: bool = False
) -> dict[str, Any]:
    """Record a job, run it, and read back what it recorded.

    Raises:
        LockedError: another run is at work on the domain, and we shall not wait.
    """
    from sitemap_cli.cli.progress import shown
    from sitemap_cli.model import Progress
    from sitemap_cli.services import catalog, domains, ids, jobs, results
    from sitemap_cli.tasks.alone import alone, holder
    from sitemap_cli.tasks.analyze import Job
    from sitemap_cli.tasks.analyze import analyze as task
    from sitemap_cli.tasks.outcome import outcome

    tenant, job_id, progress = run.settings.tenant, ids.new(), Progress()
    waits = run.console.note if wait else None
    with _telling_of(run, job_id):
        async with alone(db, tenant, target.domain, waits), outcome(db, job_id) as watch:
            async with db.transaction() as session:
                domain_id = await domains.ensure(session, tenant, target.domain)
                await jobs.start(
                    session,
                    job_id,
                    tenant=tenant,
                    domain_id=domain_id,
                    target=target.given,
                    holder=holder(),
                )
                preferences = await catalog.preferences(session, domain_id)
            settings = preferences.applied(run.settings, variable)
            job = Job(db, fetchers.of(target, settings), settings, job_id, domain_id, target)
            with shown(run.console, target.domain, progress):
                await task(job, progress, watch)
    async with db.reading() as session:
        return await results.result(session, tenant, job_id)


@contextmanager
def _telling_of(run: Run, job_id: str) -> Iterator[None]:
    """Say where to find what was recorded before a signal stopped the run."""
    from asyncio import CancelledError

    from sitemap_cli.cli.signals import Stopped

    try:
        yield
    except (CancelledError, Stopped):
        run.console.note(f"stopped; what was read so far is recorded: sitemap jobs show {job_id}")
        raise


async def _print_each(
    run: Run, db: "Database", results: list[dict[str, Any]], format_: str, stream: BinaryIO
) -> None:
    """Print the last result as soon as it is there; when quiet, if it is of interest."""
    from sitemap_cli.services.results import is_changed

    *others, result = results
    told = result["verdict"] != "ok" or is_changed(result["totals"])
    if format_ == "jsonl":
        stream.write(encoded(result))
        stream.flush()
    elif format_ == "text" and (told or not run.settings.quiet):
        stream.write(b"\n" if others and not run.settings.quiet else b"")
        await _print_summary(run, db, result, stream)


async def _print_summary(run: Run, db: "Database", result: dict[str, Any], stream: BinaryIO) -> None:
    from sitemap_cli.cli.summary import drawn
    from sitemap_cli.services import findings

    async with db.reading() as session:
        found = await findings.listing(session, result["job_id"])
    run.console.show(drawn(result, found), stream)
