"""Prints documents while they are read: as JSON Lines, or as plain rows with the problems on stderr."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from sitemap_cli.cli.console import Console
from sitemap_cli.model import exit_codes
from sitemap_cli.model.values import Entry, Item, Problem, Severity
from sitemap_cli.output import item_lines, json_lines, json_text
from sitemap_cli.output.output_format import load_output_format

if TYPE_CHECKING:
    from sitemap_cli.parse.reader import Reading

FIELDS = ("loc", "type", "lastmod", "lastmod_utc", "changefreq", "priority", "line", "extensions")


@dataclass(frozen=True, slots=True)
class Document:
    """A document that is still to be read.

    ``faults`` is what its compression or the disk had to say, complete once it was read; ``source``
    is its name, where it is one of several.
    """

    reading: "Reading"
    faults: list[Problem]
    source: str | None = None

    @property
    def exit_code(self) -> int:
        """What its reading means for the shell, once it was read."""
        if not self.reading.kind.is_sitemap:
            return exit_codes.UNREADABLE
        lost = any(fault.severity is Severity.ERROR for fault in self.faults)
        return exit_codes.OK if self.reading.complete and not lost else exit_codes.PARTIAL


Print = Callable[[Document], None]
"""Reads a document to its end and prints it."""


@contextmanager
def print_json_lines(stream: BinaryIO, codes: Sequence[int], *, several: bool) -> Iterator[Print]:
    """Print JSON Lines: for each document all of it in its own order and a summary, for several a total.

    ``codes`` are the exit codes of all the documents, those included that could not be opened.
    """
    counts = Counter[str]()

    def show(document: Document) -> None:
        for batch in document.reading:
            item_lines.write_items(stream, batch, document.source)
        item_lines.write_items(stream, document.faults, document.source)
        summary = _summary(document)
        json_lines.write_records(stream, [summary])
        counts.update({name: summary[name] for name in ("urls", "sitemaps", "problems")})

    yield show
    if several:
        tried = {"documents": len(codes), "failed": codes.count(exit_codes.UNREADABLE)}
        told = {name: counts[name] for name in ("urls", "sitemaps", "problems")}
        json_lines.write_records(stream, [{"type": "total", **tried, **told}])


def _summary(document: Document) -> dict[str, Any]:
    reading = document.reading
    return {
        "type": "summary",
        "kind": reading.kind.value,
        "urls": reading.urls,
        "sitemaps": reading.sitemaps,
        "problems": reading.problems + len(document.faults),
        "encoding": reading.encoding,
        "bytes": reading.bytes,
        "generator": reading.generator,
        "source": document.source,
    }


@contextmanager
def print_rows(stream: BinaryIO, format_: str, console: Console, *, several: bool) -> Iterator[Print]:
    """Print rows in a plain format; of several documents, each row has its source in a last column."""
    fields = (*FIELDS, "source") if several else FIELDS

    def show(document: Document) -> None:
        tail = (document.source,) if several else ()
        told = 0
        for batch in document.reading:
            problems, entries = _parted(batch)
            write(_row(each, tail) for each in entries)
            _tell(console, problems, document.source)
            told += len(problems)
        _tell(console, document.faults, document.source)
        if rest := document.reading.problems - told:
            where = f"{document.source}: " if document.source else ""
            console.print_note(f"{where}… and {rest:,} more problem{'s' if rest > 1 else ''}")

    with load_output_format(format_).open_writer(stream, fields) as write:
        yield show


def _parted(batch: list[Item]) -> tuple[list[Problem], list[Any]]:
    """Problems, and everything else; most batches have none of the former."""
    problems = [each for each in batch if isinstance(each, Problem)]
    return problems, [each for each in batch if not isinstance(each, Problem)] if problems else batch


def _row(item: Any, tail: tuple[Any, ...]) -> tuple[Any, ...]:
    if not isinstance(item, Entry):
        return (item.loc, "sitemap", item.lastmod, item.lastmod_utc, None, None, item.line, None, *tail)
    extensions = json_text.encode_json(item.extensions).decode().rstrip() if item.extensions else None
    ours = item.lastmod, item.lastmod_utc, item.changefreq, item.priority, item.line, extensions
    return (item.loc, "url", *ours, *tail)


def _tell(console: Console, problems: Sequence[Problem], source: str | None) -> None:
    """Problems are no data in the plain formats: they go to stderr."""
    for each in problems:
        places = [*([source] if source else []), *([f"line {each.line}"] if each.line else [])]
        where = "".join(f"{place}: " for place in places)
        console.print_note(f"{each.severity}: {where}{each.message} [{each.code}]")
