"""Read one document and print what it lists, without a database."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Literal

import typer

from sitemap_cli.cli import exits
from sitemap_cli.cli.adapter import command
from sitemap_cli.cli.runtime import Run
from sitemap_cli.settings import FETCH

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from sitemap_cli.model import Item
    from sitemap_cli.parse.reader import Reading
    from sitemap_cli.services.opening import Opened

FIELDS = ("loc", "type", "lastmod", "lastmod_utc", "changefreq", "priority", "line", "extensions")


@command(FETCH)
async def parse(
    run: Run,
    source: Annotated[str, typer.Argument(metavar="FILE|URL|-", help="What to read; - is stdin.")],
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Where it is published, to resolve relative addresses.")
    ] = None,
    format_: Annotated[
        Literal["text", "jsonl", "csv"], typer.Option("--format", help="What to print.")
    ] = "text",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write; - is stdout.")
    ] = None,
) -> int:
    """Read one document, print what it lists, and say what is wrong with it."""
    from sitemap_cli.cli.signals import at_once
    from sitemap_cli.cli.sink import sink
    from sitemap_cli.parse.reader import read

    with await opened(run, source, base_url) as document, at_once(), sink(output) as stream:
        reading = read(document.chunks, base_url=document.base_url)
        _print(run, reading, document, format_, stream)
    if not reading.kind.is_sitemap:
        return exits.UNREADABLE
    return exits.OK if reading.complete and not _lost(document) else exits.PARTIAL


async def opened(run: Run, source: str, base_url: str | None) -> "AbstractContextManager[Opened]":
    """The document that the user named; an address is fetched first."""
    from sitemap_cli.fetch.fetcher import Request
    from sitemap_cli.services import opening

    if "://" not in source:
        return opening.local(source, base_url, run.settings.max_bytes)
    async with run.fetcher() as fetcher:
        return opening.remote(await fetcher.fetch(Request(source)), base_url)


def _print(run: Run, reading: "Reading", document: "Opened", format_: str, stream: BinaryIO) -> None:
    if format_ == "jsonl":
        return _print_records(reading, document, stream)
    from sitemap_cli.output import writers

    with writers.writer(format_, stream, FIELDS) as write:
        for batch in reading:
            records = [_record(item) for item in batch]
            write(tuple(each.get(name) for name in FIELDS) for each in records if each["type"] != "problem")
            _tell(run, (each for each in records if each["type"] == "problem"))
    _tell(run, map(_record, document.faults))
    return None


def _print_records(reading: "Reading", document: "Opened", stream: BinaryIO) -> None:
    """Everything in document order, then what the compression had to say, then the summary."""
    from sitemap_cli.output import lines

    for batch in reading:
        lines.write(stream, map(_record, batch))
    lines.write(stream, map(_record, document.faults))
    summary = {
        "type": "summary",
        "kind": reading.kind.value,
        "urls": reading.urls,
        "sitemaps": reading.sitemaps,
        "problems": reading.problems + len(document.faults),
        "encoding": reading.encoding,
        "bytes": reading.bytes,
        "generator": reading.generator,
    }
    lines.write(stream, [summary])


def _record(item: "Item") -> dict[str, Any]:
    import msgspec

    from sitemap_cli.model import Child, Entry

    names = {Entry: "url", Child: "sitemap"}
    return {"type": names.get(type(item), "problem"), **msgspec.structs.asdict(item)}


def _tell(run: Run, problems: Any) -> None:
    """Problems are no data in the plain formats: they go to stderr."""
    for each in problems:
        where = f"line {each['line']}: " if each["line"] else ""
        run.console.note(f"{each['severity']}: {where}{each['message']} [{each['code']}]")


def _lost(document: "Opened") -> bool:
    return any(fault.severity == "error" for fault in document.faults)
