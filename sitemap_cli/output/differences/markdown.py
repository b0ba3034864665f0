"""Markdown, for an issue or the comment of a pull request."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from sitemap_cli.model.difference import ChangePage
from sitemap_cli.model.difference_results import DifferenceSummary
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
from sitemap_cli.output.field_changes import describe_field_changes
from sitemap_cli.output.markdown_text import escape_markdown

MAX_BYTES = 60_000
"""GitHub accepts 65,536 characters for a comment."""


@dataclass(slots=True)
class _List:
    """The lines of one kind of change, as far as there is room, and the number of all that were given."""

    title: str
    lines: list[str] = field(default_factory=list[str])
    size: int = 0

    def extend(self, texts: Iterable[str]) -> None:
        for each in texts:
            if self.size > MAX_BYTES:
                return
            line = f"- {escape_markdown(each)}"
            self.lines.append(line)
            self.size += len(line.encode("utf-8", "backslashreplace")) + 1


class _Writer:
    def __init__(self, stream: BinaryIO, comparison: Comparison, options: WritingOptions) -> None:
        self._stream = stream
        self._options = options
        self._comparison = comparison
        self._lists = (_List("Added"), _List("Removed"), _List("Changed"))

    def write_page(self, page: ChangePage) -> None:
        added, removed, changed = self._lists
        added.extend(page.added)
        removed.extend(page.removed)
        changed.extend(f"{each.loc} {describe_field_changes(each)}" for each in page.changed)

    def write_summary(self, summary: DifferenceSummary) -> None:
        if self._options.quiet and not summary.counts.total:
            return
        left = MAX_BYTES
        for line in self._format_lines(summary):
            data = f"{line}\n".encode("utf-8", "backslashreplace")
            left -= len(data)
            if left < 0:
                self._stream.write(b"\nThe rest is left out: it would be too long for a comment.\n")
                return
            self._stream.write(data)

    def _format_lines(self, summary: DifferenceSummary) -> Iterator[str]:
        comparison = self._comparison
        sides = " to ".join(escape_markdown(each.name) for each in (comparison.old, comparison.new))
        yield f"## sitemap diff: {escape_markdown(comparison.name)}" if comparison.name else "## sitemap diff"
        yield ""
        yield f"From {sides}: {'; '.join(self._describe(summary))}."
        if summary.sections:
            yield from _format_sections(summary)
        totals = (summary.counts.added, summary.counts.removed, summary.counts.changed)
        for each, total in zip(self._lists, totals, strict=True):
            yield from _format_list(each, total or 0)

    def _describe(self, summary: DifferenceSummary) -> Iterator[str]:
        yield ", ".join(describe_counts(summary)) if summary.counts.total else NOTHING
        if share := describe_share(summary):
            yield share


def _format_sections(summary: DifferenceSummary) -> Iterator[str]:
    yield ""
    yield f"| {' | '.join(HEADINGS)} |"
    yield f"| --- |{' ---: |' * (len(HEADINGS) - 1)}"
    for each in summary.sections[:MAX_SECTIONS]:
        yield f"| {' | '.join(map(escape_markdown, list_section_cells(each)))} |"
    if rest := count_left_out(len(summary.sections), MAX_SECTIONS):
        yield ""
        yield f"{rest} sections"


def _format_list(listed: _List, total: int) -> Iterator[str]:
    if not listed.lines:
        return
    yield ""
    yield f"### {listed.title}"
    yield ""
    yield from listed.lines
    if rest := count_left_out(total, len(listed.lines)):
        yield f"- {rest}"


@contextmanager
def open_writer(stream: BinaryIO, comparison: Comparison, options: WritingOptions) -> Iterator[_Writer]:
    """Keep the examples until the numbers are known."""
    yield _Writer(stream, comparison, options)


FORMAT = DifferenceFormat(open_writer, limit=20)
