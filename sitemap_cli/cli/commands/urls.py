"""List the URLs that a job recorded."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.options import Output, OutputFormatName
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import UsageError

if TYPE_CHECKING:
    from sitemap_cli.services.reporting.listed_urls import UrlFilter
    from sitemap_cli.storage.database import Database


@command()
async def urls(
    run: Run,
    domain: Annotated[
        str | None, typer.Argument(metavar="DOMAIN", help="Domain; its last complete job is used.")
    ] = None,
    job: Annotated[
        str | None, typer.Option(metavar="ID", help="Id of a job, or a unique prefix, to use instead.")
    ] = None,
    match: Annotated[str | None, typer.Option(metavar="REGEX", help="Only URLs that match.")] = None,
    exclude: Annotated[str | None, typer.Option(metavar="REGEX", help="Skip URLs that match.")] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only URLs with a lastmod on or after this W3C date.")
    ] = None,
    sitemap: Annotated[
        str | None, typer.Option(metavar="REGEX", help="Only URLs of sitemaps that match.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=0, metavar="N", help="Show at most N.")] = None,
    format_: OutputFormatName = "text",
    raw_csv: Annotated[
        bool,
        typer.Option(
            "--raw-csv", help="Write values as they are, without protecting spreadsheets from formulas."
        ),
    ] = False,
    output: Output = None,
) -> None:
    """List the URLs of the last complete job of DOMAIN, in the order of its sitemaps."""
    from sitemap_cli.cli.output_file import open_output
    from sitemap_cli.output.output_format import URL_FIELDS, load_output_format
    from sitemap_cli.services.reporting.listed_urls import UrlFilter
    from sitemap_cli.w3c_time import parse_w3c

    if since is not None and parse_w3c(since) is None:
        raise UsageError("not a W3C date", where=f"--since {since}", hint="write it as 2026-11-23")
    chosen, options = load_output_format(format_), {"raw": True} if raw_csv else {}
    if not options.keys() <= chosen.options:
        raise UsageError("--raw-csv needs --format csv")
    if chosen.is_binary and output in (None, Path("-")) and sys.stdout.isatty():
        hint = f"write it to a file: -o urls.{format_}"
        raise UsageError(f"{format_} is a binary format and cannot be printed to a terminal", hint=hint)
    wanted = UrlFilter(
        match=_compile_pattern("--match", match),
        exclude=_compile_pattern("--exclude", exclude),
        sitemap=_compile_pattern("--sitemap", sitemap),
        since=parse_w3c(since) if since else None,
        limit=limit,
    )
    async with run.open_database() as db:
        job_id = await _find_job_id(run, db, domain, job)
        with open_output(output) as stream, chosen.open_writer(stream, URL_FIELDS, **options) as write:
            await _write_rows(db, job_id, wanted, write)


async def _write_rows(db: "Database", job_id: str, wanted: "UrlFilter", write: Any) -> None:
    from sitemap_cli.services.reporting import listed_urls as service

    async with db.reading() as session:
        async for file, rows in service.list_url_pages(session, job_id, wanted):
            tail = (file.url,)
            write([(*row, *tail) for row in rows])


async def _find_job_id(run: Run, db: "Database", domain: str | None, job: str | None) -> str:
    """Return the id of the job to list.

    Raises:
        UsageError: the user named neither a domain nor a job, or both.
        NotFoundError: there is no such job, or no complete job.
    """
    from sitemap_cli.services.recording import jobs

    if (domain is None) == (job is None):
        raise UsageError("name a DOMAIN or a job", hint="sitemap urls example.com, or: sitemap urls --job ID")
    async with db.reading() as session:
        if job is not None:
            row, _ = await jobs.find_job(session, run.settings.tenant, job)
            return row.id
        return await jobs.find_latest_complete_id_by_name(session, run.settings.tenant, domain or "")


def _compile_pattern(option: str, text: str | None) -> re.Pattern[str] | None:
    try:
        return re.compile(text) if text is not None else None
    except re.error as error:
        raise UsageError("not a regular expression", where=f"{option} {text}", why=str(error)) from error
