"""Documents, printed while they are read: as JSON Lines, or as rows with the problems on stderr."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from sitemap_cli.cli.console import Console
from sitemap_cli.cli.view.problem_lines import print_problems
from sitemap_cli.model import exit_codes
from sitemap_cli.model.line_results import ParseSummaryLine, ParseTotalLine
from sitemap_cli.model.results import StrictResult
from sitemap_cli.model.values import Child, Entry, Kind, Problem, Severity, StrictReading
from sitemap_cli.output import item_lines, json_lines, json_text
from sitemap_cli.output.output_format import load_output_format

if TYPE_CHECKING:
    from sitemap_cli.parse.reader import DocumentReader

FIELDS = ("loc", "type", "lastmod", "lastmod_utc", "changefreq", "priority", "line", "extensions")
LOCS = ("loc",)


@dataclass(frozen=True, slots=True)
class Document:
    """A document that is still to be read.

    ``faults`` are problems of its compression or of the disk, complete after it was read; ``source``
    is its name if there are several documents.
    """

    reading: "DocumentReader"
    faults: list[Problem]
    source: str | None = None

    @property
    def exit_code(self) -> int:
        """The exit code for this document alone; right after it was read."""
        if not self.reading.kind.is_sitemap:
            return exit_codes.UNREADABLE
        lost = any(fault.severity is Severity.ERROR for fault in self.faults)
        return exit_codes.OK if self.reading.complete and not lost else exit_codes.PARTIAL


PrintDocument = Callable[[Document], None]
"""Reads a document to its end and prints it."""


@contextmanager
def print_json_lines(stream: BinaryIO, codes: Sequence[int], *, several: bool) -> Iterator[PrintDocument]:
    """Print each document as JSON Lines, with a summary, and a total at the end if there are several.

    ``codes`` are the exit codes of all documents, including those that could not be opened.
    """
    counts = Counter[str]()

    def print_document(document: Document) -> None:
        for batch in document.reading:
            item_lines.write_items(stream, batch, document.source)
        item_lines.write_items(stream, document.faults, document.source)
        summary = _build_summary(document)
        json_lines.write_records(stream, [summary])
        counts.update(urls=summary.urls, sitemaps=summary.sitemaps, problems=summary.problems)

    yield print_document
    if several:
        total = ParseTotalLine(
            documents=len(codes),
            failed=sum(code in exit_codes.FAILED for code in codes),
            urls=counts["urls"],
            sitemaps=counts["sitemaps"],
            problems=counts["problems"],
        )
        json_lines.write_records(stream, [total])


def _build_summary(document: Document) -> ParseSummaryLine:
    reading = document.reading
    return ParseSummaryLine(
        kind=reading.kind,
        urls=reading.urls,
        sitemaps=reading.sitemaps,
        problems=reading.problems + len(document.faults),
        encoding=reading.encoding,
        bytes=reading.bytes,
        generator=reading.generator,
        strict=_build_strict(reading.strict),
        source=document.source,
    )


def _build_strict(strict: StrictReading | None) -> StrictResult | None:
    return None if strict is None else msgspec.convert(strict, StrictResult, from_attributes=True)


@contextmanager
def print_rows(stream: BinaryIO, format_: str, console: Console, *, several: bool) -> Iterator[PrintDocument]:
    """Print each document as rows of a plain format; if there are several, the last column is the source."""
    chosen = load_output_format(format_)
    # A format with one field, such as text, lists nothing but URLs.
    has_locs_only = chosen.fields == LOCS
    fields = LOCS if has_locs_only else (*FIELDS, "source") if several else FIELDS

    def print_document(document: Document) -> None:
        tail = (document.source,) if several else ()
        printed = 0
        for batch in document.reading:
            problems = batch.problems
            items = (each for each in batch if not isinstance(each, Problem))
            write((each.loc,) if has_locs_only else _build_row(each, tail) for each in items)
            print_problems(console, problems, document.source)
            printed += len(problems)
        print_problems(console, document.faults, document.source)
        if strict := document.reading.strict:
            place = f"{document.source}: " if document.source else ""
            noun = "sitemap" if document.reading.kind is Kind.INDEX else "URL"
            console.print_note(f"{place}{strict.describe(noun)}")
        if more := document.reading.problems - printed:
            place = f"{document.source}: " if document.source else ""
            console.print_note(f"{place}… and {more:,} more problem{'s' if more > 1 else ''}")

    with chosen.open_writer(stream, fields) as write:
        yield print_document


def _build_row(item: Entry | Child, tail: tuple[Any, ...]) -> tuple[Any, ...]:
    if not isinstance(item, Entry):
        return (item.loc, "sitemap", item.lastmod, item.lastmod_utc, None, None, item.line, None, *tail)
    extensions = json_text.encode_json(item.extensions).decode().rstrip() if item.extensions else None
    optional = item.lastmod, item.lastmod_utc, item.changefreq, item.priority, item.line, extensions
    return (item.loc, "url", *optional, *tail)
