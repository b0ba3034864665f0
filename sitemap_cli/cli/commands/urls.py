"""List the URLs that a job recorded."""

import io
import re
import sys
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urljoin

import typer

from sitemap_cli.cli.framework.chosen_job import DomainArgument, JobOption, choose_noted_job
from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.options import OutputFormatName
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from typing import BinaryIO

    from sitemap_cli.crawl.url_scope import UrlSection
    from sitemap_cli.output.output_format import OutputFormat, WriteColumns, WriteRows
    from sitemap_cli.services.reporting.listed_urls import UrlFilter, UrlPage, Window
    from sitemap_cli.storage.database import Database


@command()
async def urls(
    run: Run,
    domain: DomainArgument = None,
    job: JobOption = None,
    match: Annotated[str | None, typer.Option(metavar="REGEX", help="Only URLs that match.")] = None,
    exclude: Annotated[str | None, typer.Option(metavar="REGEX", help="Skip URLs that match.")] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="DATE|7d",
            help="Only URLs with a lastmod since a W3C date, an age, yesterday or today.",
        ),
    ] = None,
    sitemap: Annotated[
        str | None, typer.Option(metavar="REGEX", help="Only URLs of sitemaps that match.")
    ] = None,
    section: Annotated[
        str | None,
        typer.Option(
            metavar="PREFIX", help="Only URLs at or below a path, such as /blog, or a URL with a path."
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=0, metavar="N", help="Show at most N.")] = None,
    format_: OutputFormatName = "text",
    raw_csv: Annotated[
        bool,
        typer.Option(
            "--raw-csv", help="Write values as they are, without protecting spreadsheets from formulas."
        ),
    ] = False,
    gzip: Annotated[bool, typer.Option("--gzip", help="Compress the sitemaps of --format xml.")] = False,
    base_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="URL of the folder at which the sitemaps of -o FOLDER will be published, for their index; "
            "or that of a local build.",
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE|FOLDER",
            help="Output file; - is stdout. With --format xml also a folder, for several sitemaps and an "
            "index; a new one has no extension, or a slash at its end.",
        ),
    ] = None,
) -> None:
    """List the URLs of the last complete job of DOMAIN, in the order of its sitemaps.

    If DOMAIN is a URL with a path, only the URLs at or below it.
    """
    from sitemap_cli.cli.framework.dates import parse_date
    from sitemap_cli.cli.framework.option_types import FOLDER_ENDS
    from sitemap_cli.cli.output_file import open_output
    from sitemap_cli.crawl.targets import find_build_histories
    from sitemap_cli.crawl.url_scope import UrlScope, UrlSection
    from sitemap_cli.output.output_format import load_output_format
    from sitemap_cli.services.reporting.listed_urls import UrlFilter

    chosen = load_output_format(format_)
    options = {name: True for name, given in (("raw", raw_csv), ("gzip", gzip)) if given}
    if unknown := options.keys() - chosen.options:
        raise UsageError("--raw-csv needs --format csv" if "raw" in unknown else "--gzip needs --format xml")
    path = None if output is None else Path(output)
    ends_as_folder = output is not None and output.endswith(FOLDER_ENDS)
    as_folder = chosen.open_folder is not None and (ends_as_folder or _is_folder(path))
    if ends_as_folder and not as_folder:
        raise UsageError("a folder needs --format xml", where=f"--output {output}", hint="name a file in it")
    if base_url is not None and (as_folder or domain is None or find_build_histories(domain) is None):
        _check_base_url(base_url, as_folder=as_folder)
    if (chosen.is_binary or (gzip and not as_folder)) and path in (None, Path("-")) and sys.stdout.isatty():
        hint = f"write it to a file: -o urls.{format_}"
        raise UsageError(f"{format_} is a binary format and cannot be printed to a terminal", hint=hint)
    wanted = UrlFilter(
        match=_compile_pattern("--match", match),
        exclude=_compile_pattern("--exclude", exclude),
        sitemap=_compile_pattern("--sitemap", sitemap),
        since=parse_date("--since", since) if since is not None else None,
        limit=limit,
        sections=() if section is None else (_parse_section(section),),
    )
    async with run.open_database() as db:
        found = await choose_noted_job(run, db, domain, job, base_url)
        job_id = found.job.id
        if found.scope is not None:
            wanted = replace(wanted, sections=(UrlSection(UrlScope(found.scope)), *wanted.sections))
        if as_folder and path is not None:
            write_urls = partial(_write_urls, db, job_id, wanted, chosen.fields, send=None)
            await _write_folder(run, path, write_urls, chosen, base_url, gzip)
        else:
            with open_output(path) as stream, _open_writer(chosen, stream, options) as (write, send):
                first = await _write_urls(db, job_id, wanted, chosen.fields, write, send=send)
            if (
                first is None
                and found.scope is not None
                and wanted == UrlFilter(sections=wanted.sections[:1])
            ):
                run.console.print_note(found.nothing_below)


@contextmanager
def _open_writer(
    chosen: "OutputFormat", stream: "BinaryIO", options: dict[str, bool]
) -> "Iterator[tuple[WriteColumns, Callable[[], object] | None]]":
    """Open the writer of a format; return the function that writes columns, and one that sends them.

    A format of columns is written into memory, and sent to the stream. A format of rows goes straight to the
    stream; it has nothing to send.
    """
    if chosen.open_column_writer is None:
        with chosen.open_writer(stream, chosen.fields, **options) as write_rows:
            yield _take_columns(chosen, write_rows), None
        return
    memory = io.BytesIO()

    def send() -> None:
        stream.write(memory.getbuffer())
        memory.seek(0)
        memory.truncate()

    with chosen.open_column_writer(memory, chosen.fields, **options) as write_columns:
        yield write_columns, send
    send()


def _take_columns(chosen: "OutputFormat", write_rows: "WriteRows") -> "WriteColumns":
    from sitemap_cli.output.output_format import make_rows

    return lambda columns: write_rows(make_rows(chosen.fields, columns))


async def _write_urls(
    db: "Database",
    job_id: str,
    wanted: "UrlFilter",
    fields: "Sequence[str]",
    write: "WriteColumns",
    *,
    send: "Callable[[], object] | None",
) -> str | None:
    """Write the URLs, and return the first.

    With ``send``, ``write`` only formats, and ``send`` may wait for the reader of a pipe. So the database can
    read the next URLs in its thread while this formats.
    """
    import asyncio

    from sitemap_cli.aio import run_beside
    from sitemap_cli.services.reporting import listed_urls as service

    first, left = None, wanted.limit
    pages = list["UrlPage"]()

    async def load(window: "Window") -> "list[UrlPage]":
        nonlocal left
        if not window or (left is not None and left <= 0):
            return []
        async with db.reading() as session:
            loaded = await service.load_window(session, window, wanted, left, fields)
        if left is not None:
            left -= sum(page.size for page in loaded)
        return loaded

    async with db.reading() as session:
        windows = await service.list_windows(session, job_id, wanted)
    for window in [*windows, ()]:
        async with run_beside(load(window)) as loading:
            if send is None:
                await asyncio.wait([loading])
            for page in pages:
                write([page.columns[name] for name in fields])
        if send is not None:
            # No transaction is open.
            send()
        pages = loading.result()
        first = first or (pages[0].first if pages else None)
    return first


async def _write_folder(
    run: Run,
    path: Path,
    write_urls: "Callable[[WriteColumns], Awaitable[str | None]]",
    chosen: "OutputFormat",
    base_url: str | None,
    gzip: bool,
) -> None:
    """Write sitemaps and their index to a folder, and print a note about them.

    Raises:
        StorageError: the folder cannot be written.
    """
    from sitemap_cli.cli.output_file import write_error
    from sitemap_cli.cli.view.numbers import format_count
    from sitemap_cli.output.sitemap_folder import open_sitemap_folder

    try:
        with open_sitemap_folder(path, gzip=gzip) as folder:
            with chosen.open_folder(folder, chosen.fields) as write_rows:  # type: ignore[misc]
                first = await write_urls(_take_columns(chosen, write_rows))
            sitemaps, base = folder.count, base_url or urljoin(first or "", "/")
            folder.write_index(base if base.endswith("/") else f"{base}/")
    except OSError as error:
        raise write_error(str(path), error) from error
    note = f"{format_count(sitemaps, 'sitemap')} written to {path}"
    if sitemaps > 1:
        note += f", and an index with URLs below {base}"
        note += "" if base_url else "; --base-url names another folder"
    run.console.print_note(note)


def _is_folder(path: Path | None) -> bool:
    """Return whether an output is a folder: one that exists, or a new name without an extension."""
    return path is not None and path != Path("-") and (path.is_dir() or not (path.suffix or path.exists()))


def _check_base_url(base_url: str, *, as_folder: bool) -> None:
    """Check the base URL of an index.

    Raises:
        UsageError: it is not a URL, or no folder is written.
    """
    if not as_folder:
        raise UsageError("--base-url needs --format xml and -o FOLDER")
    if not re.match(r"https?://[^/\s]", base_url, re.IGNORECASE):
        hint = "--base-url https://www.example.com/"
        raise UsageError("not a URL", where=f"--base-url {base_url}", hint=hint)


def _parse_section(text: str) -> "UrlSection":
    """Parse a section.

    Raises:
        UsageError: it is neither a path nor a URL.
    """
    from sitemap_cli.crawl.url_scope import parse_section

    section = parse_section(text)
    if section is None:
        hint = "--section /blog, or --section https://example.com/blog"
        raise UsageError("not a path", where=f"--section {text}", hint=hint)
    return section


def _compile_pattern(option: str, text: str | None) -> re.Pattern[str] | None:
    try:
        return re.compile(text) if text is not None else None
    except re.error as error:
        raise UsageError("not a regular expression", where=f"{option} {text}", why=str(error)) from error
