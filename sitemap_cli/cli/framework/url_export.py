"""Write the URLs of recorded jobs in an output format, to a stream or a folder."""

import difflib
import io
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from sitemap_cli.cli.framework.option_types import FOLDER_ENDS
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import NotFoundError, UsageError
from sitemap_cli.model.url_columns import CHOOSABLE_FIELDS, DOMAIN
from sitemap_cli.output.output_format import (
    OutputFormat,
    WriteColumns,
    WriteRows,
    count_items,
    list_output_formats,
    load_output_format,
    make_rows,
)
from sitemap_cli.progress import StepProgress

if TYPE_CHECKING:
    from sitemap_cli.cli.framework.url_sources import UrlSource
    from sitemap_cli.output.sitemap_notes import SitemapNotes
    from sitemap_cli.services.reporting.listed_urls import UrlFilter, UrlPage, Window
    from sitemap_cli.services.reporting.repeated_urls import RepeatedUrls
    from sitemap_cli.storage.database import Database

NEEDED_FORMATS = {
    "raw": "--raw-csv needs --format csv",
    "excel": "--excel needs --format csv",
    "gzip": "--gzip needs --format xml",
}


@dataclass(frozen=True, slots=True)
class UrlExport:
    """How URLs are written, and where.

    ``fields`` are those of a URL that are written. ``path`` is a file, a folder if ``is_folder``, or None for
    stdout. ``options`` are those of the format. ``base_url`` is for the index in a folder. With
    ``notes``, each URL is written once, and they count what is changed.
    """

    format: OutputFormat
    fields: tuple[str, ...]
    path: Path | None
    is_folder: bool
    options: Mapping[str, Any]
    base_url: str | None = None
    notes: "SitemapNotes | None" = None


def parse_url_export(
    format_: str,
    output: str | None,
    *,
    columns: Sequence[str] | None,
    of_many: bool,
    flags: Mapping[str, bool],
    base_url: str | None,
) -> UrlExport:
    """Return how to write URLs, as the options of these names say; ``of_many`` domains with their names.

    ``flags`` are the options of formats, with whether they are given.

    Raises:
        UsageError: they exclude each other, or ``base_url`` is needed for an index and is no URL.
    """
    from sitemap_cli.output.sitemap_notes import SitemapNotes

    chosen = load_output_format(format_)
    fields = _choose_fields(format_, chosen, columns, of_many=of_many)
    options = {name: True for name, is_given in flags.items() if is_given}
    if unknown := options.keys() - chosen.options:
        raise UsageError(NEEDED_FORMATS[max(unknown)])
    path = None if output is None else Path(output)
    ends_as_folder = output is not None and output.endswith(FOLDER_ENDS)
    is_folder = chosen.open_folder is not None and (ends_as_folder or _is_folder(path))
    if ends_as_folder and not is_folder:
        raise UsageError("a folder needs --format xml", where=f"--output {output}", hint="name a file in it")
    is_binary = chosen.is_binary or ("gzip" in options and not is_folder)
    if is_binary and path in (None, Path("-")) and sys.stdout.isatty():
        hint = f"write it to a file: -o urls.{format_}"
        raise UsageError(f"{format_} is a binary format and cannot be printed to a terminal", hint=hint)
    if "notes" not in chosen.options:
        return UrlExport(chosen, fields, path, is_folder, options)
    base = _parse_base_url(base_url) if is_folder and base_url is not None else None
    notes = SitemapNotes(base or "")
    return UrlExport(chosen, fields, path, is_folder, {**options, "notes": notes}, base, notes)


def _parse_base_url(base_url: str) -> str:
    """Return the URL of the folder at which sitemaps will be published.

    Raises:
        UsageError: it is no URL of a folder.
    """
    from sitemap_cli.output.sitemap_folder import make_base

    base = make_base(base_url)
    if base is None:
        hint = "--base-url https://www.example.com/"
        raise UsageError("not a URL of a folder", where=f"--base-url {base_url}", hint=hint)
    return base


def _choose_fields(
    format_: str, chosen: OutputFormat, columns: Sequence[str] | None, *, of_many: bool
) -> tuple[str, ...]:
    """Return the fields to write: the columns that were chosen, or those of the format.

    Raises:
        UsageError: the format has no columns, or a column is unknown.
    """
    if not chosen.has_columns and (columns or of_many):
        what = "--columns" if columns else "--all-domains or --tag"
        formats = [each for each in list_output_formats() if load_output_format(each).has_columns]
        choose = f"choose one of --format {', '.join(formats)}"
        raise UsageError(
            f"--format {format_} cannot be combined with {what}",
            hint=choose if columns else "list one domain at a time",
        )
    if columns is None:
        return (DOMAIN, *chosen.fields) if of_many else chosen.fields
    for each in columns:
        if each not in CHOOSABLE_FIELDS:
            close = difflib.get_close_matches(each.lower(), CHOOSABLE_FIELDS, 1, 0.6)
            hint = f"did you mean {close[0]}?" if close else None
            why = f"valid values: {', '.join(CHOOSABLE_FIELDS)}"
            raise UsageError("unknown column", where=f"--columns {each}", why=why, hint=hint)
    return tuple(dict.fromkeys(columns))


def _is_folder(path: Path | None) -> bool:
    """Return whether an output is a folder: one that exists, or a new name without an extension."""
    return path is not None and path != Path("-") and (path.is_dir() or not (path.suffix or path.exists()))


async def write_urls(
    run: Run,
    db: "Database",
    source: "UrlSource",
    wanted: "UrlFilter",
    export: UrlExport,
) -> str | None:
    """Write those URLs of a source that are wanted, and return the first; print a note about a folder.

    Raises:
        StorageError: the output cannot be written.
    """
    from sitemap_cli.cli.output_file import open_output
    from sitemap_cli.cli.view.live_progress import show_steps

    if export.notes is not None:
        return await _write_sitemaps(run, db, source, wanted, export, export.notes)
    with (
        open_output(export.path) as stream,
        show_steps(run.console, "listing", StepProgress("URLs", wanted.limit)) as (shown, progress),
        _open_writer(export, shown.clear_for(stream)) as (write, send),
    ):
        return await _write_columns(db, source, wanted, export.fields, write, progress, send=send)


async def _write_sitemaps(
    run: Run,
    db: "Database",
    source: "UrlSource",
    wanted: "UrlFilter",
    export: UrlExport,
    notes: "SitemapNotes",
) -> str | None:
    """Write each URL once, as one sitemap or as a folder of them, and print what had to be changed."""
    from sitemap_cli.cli.output_file import open_output
    from sitemap_cli.cli.view.live_progress import show_steps

    with show_steps(run.console, "listing", StepProgress("URLs", wanted.limit)) as (shown, progress):
        repeated = await _load_repeated(db, source, wanted, notes)
        if export.is_folder and export.path is not None:
            first = await _write_folder(run, db, source, wanted, export, notes, repeated, progress)
        else:
            with (
                open_output(export.path) as stream,
                _open_writer(export, shown.clear_for(stream)) as (write, send),
            ):
                first = await _write_columns(
                    db, source, wanted, export.fields, write, progress, send=send, drop=repeated.drop
                )
    for text in notes.list_texts():
        run.console.print_note(text)
    return first


async def _load_repeated(
    db: "Database", source: "UrlSource", wanted: "UrlFilter", notes: "SitemapNotes"
) -> "RepeatedUrls":
    from sitemap_cli.services.reporting.repeated_urls import load_repeated_urls

    async with aclosing(source.iter_windows(db, wanted)) as windows:
        parts = [part async for window in windows for part in window]
    async with db.reading() as session:
        return await load_repeated_urls(session, parts, wanted.limit, notes.left_out)


@contextmanager
def _open_writer(
    export: UrlExport, stream: BinaryIO
) -> Iterator[tuple[WriteColumns, Callable[[], object] | None]]:
    """Open the writer of a format; return the function that writes columns, and one that sends them.

    A format of columns is written into memory, and sent to the stream. A format of rows goes straight to the
    stream; it has nothing to send.
    """
    if export.format.open_column_writer is None:
        with export.format.open_writer(stream, export.fields, **export.options) as write_rows:
            yield _take_columns(export, write_rows), None
        return
    memory = io.BytesIO()

    def send() -> None:
        stream.write(memory.getbuffer())
        memory.seek(0)
        memory.truncate()

    with export.format.open_column_writer(memory, export.fields, **export.options) as write_columns:
        yield _count_items(export, write_columns), send
    send()


def _take_columns(export: UrlExport, write_rows: WriteRows) -> WriteColumns:
    """Return a function that writes columns as rows."""
    return _count_items(export, lambda columns: write_rows(make_rows(export.fields, columns)))


def _count_items(export: UrlExport, write: WriteColumns) -> WriteColumns:
    """Return a function that writes columns, with the number of items where the format has no values."""
    if export.format.has_values:
        return write
    return lambda columns: write(count_items(export.fields, columns))


async def _write_columns(
    db: "Database",
    source: "UrlSource",
    wanted: "UrlFilter",
    fields: Sequence[str],
    write: WriteColumns,
    progress: StepProgress,
    *,
    send: Callable[[], object] | None,
    drop: "Callable[[list[UrlPage]], list[UrlPage]]" = list,
) -> str | None:
    """Write the URLs, and return the first; ``drop`` returns pages without URLs that are left out.

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
        try:
            async with db.reading() as session:
                loaded = await service.load_window(session, window, wanted, left, fields)
        except NotFoundError as error:
            return await load(await source.keep_existing(db, window, error))
        loaded = drop(loaded)
        if left is not None:
            left -= sum(page.size for page in loaded)
        return loaded

    async with aclosing(source.iter_windows(db, wanted)) as windows:
        is_over = False
        while not is_over:
            # A tuple as the default fails in some versions: https://github.com/python/cpython/issues/128078
            window = await anext(windows, None) or ()
            # The URLs of the last window are written when there is no other one.
            is_over = not window or (left is not None and left <= 0)
            async with run_beside(load(window)) as loading:
                if send is None:
                    await asyncio.wait([loading])
                for page in pages:
                    write([page.columns[name] for name in fields])
                    progress.done += page.size
            if send is not None:
                # No transaction is open.
                send()
            pages = loading.result()
            first = first or (pages[0].first if pages else None)
    return first


async def _write_folder(
    run: Run,
    db: "Database",
    source: "UrlSource",
    wanted: "UrlFilter",
    export: UrlExport,
    notes: "SitemapNotes",
    repeated: "RepeatedUrls",
    progress: StepProgress,
) -> str | None:
    """Write sitemaps and their index to a folder, and print a note about them.

    Raises:
        StorageError: the folder cannot be written.
    """
    from sitemap_cli.cli.output_file import write_error
    from sitemap_cli.cli.view.numbers import format_count
    from sitemap_cli.output.sitemap_folder import open_sitemap_folder

    path, fields = export.path or Path(), export.fields
    try:
        with open_sitemap_folder(path, gzip="gzip" in export.options, notes=notes) as folder:
            with export.format.open_folder(folder, fields) as write:  # type: ignore[misc]
                send = folder.write_sitemaps
                first = await _write_columns(
                    db, source, wanted, fields, write, progress, send=send, drop=repeated.drop
                )
            base = export.base_url or notes.folder
            folder.write_index(base)
    except OSError as error:
        raise write_error(str(path), error) from error
    note = f"{format_count(folder.count, 'sitemap')} written to {path}"
    if folder.indexes:
        several = "an index" if len(folder.indexes) == 1 else f"{len(folder.indexes):,} indexes"
        note += f", and {several} with URLs below {base}"
        note += "" if export.base_url else "; --base-url names another folder"
    run.console.print_note(note)
    return first
