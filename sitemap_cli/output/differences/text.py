"""Text for a terminal: the numbers, the sections, then examples of what was added, removed and changed."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from sitemap_cli.model.difference import ChangePage
from sitemap_cli.model.difference_results import DifferenceSummary
from sitemap_cli.output.byte_spool import ByteSpool, open_byte_spools
from sitemap_cli.output.difference_format import Comparison, DifferenceFormat, WritingOptions
from sitemap_cli.output.difference_summary import (
    HEADINGS,
    MAX_SECTIONS,
    NOTHING,
    count_left_out,
    describe_counts,
    describe_share,
    list_section_cells,
)
from sitemap_cli.output.escaping import escape_line, escape_text
from sitemap_cli.output.field_changes import describe_field_changes

_GREEN, _RED, _YELLOW, _BOLD, _DIM = "32", "31", "33", "1", "2"


class _Writer:
    def __init__(
        self, stream: BinaryIO, spools: Sequence[ByteSpool], comparison: Comparison, options: WritingOptions
    ) -> None:
        self._stream = stream
        self._spools = spools
        self._listed = [0, 0, 0]
        self._comparison = comparison
        self._options = options

    def write_page(self, page: ChangePage) -> None:
        changed = (f"{each.loc}  {describe_field_changes(each)}" for each in page.changed)
        kinds = (
            (page.added, self._paint("+", _GREEN)),
            (page.removed, self._paint("-", _RED)),
            (changed, self._paint("~", _YELLOW)),
        )
        for at, (lines, sign) in enumerate(kinds):
            self._keep(at, sign, lines)

    def _keep(self, at: int, sign: str, lines: Iterable[str]) -> None:
        texts = [f"{sign} {escape_line(each)}\n" for each in lines]
        self._listed[at] += len(texts)
        self._spools[at].write(_encode("".join(texts)))

    def write_summary(self, summary: DifferenceSummary) -> None:
        if self._options.quiet and not summary.counts.total:
            return
        for line in self._format_head(summary):
            self._stream.write(_encode(f"{line}\n"))
        totals = (summary.counts.added, summary.counts.removed, summary.counts.changed)
        for spool, total, listed in zip(self._spools, totals, self._listed, strict=True):
            rest = count_left_out(total, listed)
            if not listed:
                continue
            self._stream.write(b"\n")
            spool.copy_to(self._stream)
            if rest:
                self._stream.write(_encode(f"{self._paint(f'  {rest}', _DIM)}\n"))

    def _format_head(self, summary: DifferenceSummary) -> Iterator[str]:
        name, old, new = (
            escape_text(each or "")
            for each in (self._comparison.name, self._comparison.old.name, self._comparison.new.name)
        )
        yield escape_line(f"{name}: {old} -> {new}" if name else f"{old} -> {new}")
        counts = ", ".join(describe_counts(summary)) if summary.counts.total else NOTHING
        share = describe_share(summary)
        yield f"{self._paint(counts, _BOLD)}{f'; {share}' if share else ''}"
        if summary.sections:
            yield ""
            yield from self._format_sections(summary)

    def _format_sections(self, summary: DifferenceSummary) -> Iterator[str]:
        rows = [list(HEADINGS), *map(list_section_cells, summary.sections[:MAX_SECTIONS])]
        # A column in which nothing is known or differs is left out.
        columns = [each for each in zip(*rows, strict=True) if any(each[1:])]
        widths = [max(map(len, each)) for each in columns]
        for number, row in enumerate(zip(*columns, strict=True)):
            cells = [
                cell.rjust(width) if at else cell.ljust(width)
                for at, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            line = escape_line("  ".join(cells).rstrip())
            yield self._paint(line, _DIM) if number == 0 else line
        if rest := count_left_out(len(summary.sections), MAX_SECTIONS):
            yield self._paint(f"{rest} sections", _DIM)

    def _paint(self, text: str, color: str) -> str:
        return f"\x1b[{color}m{text}\x1b[0m" if self._options.color else text


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")


@contextmanager
def open_writer(stream: BinaryIO, comparison: Comparison, options: WritingOptions) -> Iterator[_Writer]:
    """Keep the examples until the numbers are known."""
    with open_byte_spools(3) as spools:
        yield _Writer(stream, spools, comparison, options)


FORMAT = DifferenceFormat(open_writer, limit=20)
