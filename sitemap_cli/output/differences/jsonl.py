"""JSON Lines: a line for each URL that differs, then one with the counts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import msgspec

from sitemap_cli.model.difference import ChangePage
from sitemap_cli.model.difference_results import (
    AddedLine,
    DifferenceSummary,
    DiffSummaryLine,
    RemovedLine,
)
from sitemap_cli.output.difference_format import Comparison, DifferenceFormat, WritingOptions
from sitemap_cli.output.difference_json import build_changes, encode_lines


class _Writer:
    def __init__(self, stream: BinaryIO, comparison: Comparison) -> None:
        self._stream = stream
        self._comparison = comparison

    def write_page(self, page: ChangePage) -> None:
        self._stream.write(encode_lines([AddedLine(each, page.new_sitemap) for each in page.added]))
        self._stream.write(encode_lines([RemovedLine(each, page.old_sitemap) for each in page.removed]))
        changes = build_changes(page.changed, sitemap=page.new_sitemap)
        self._stream.write(encode_lines([{"type": "changed", **each} for each in changes]))

    def write_summary(self, summary: DifferenceSummary) -> None:
        head = msgspec.structs.asdict(self._comparison.head)
        line = DiffSummaryLine(**head, counts=summary.counts, sections=summary.sections)
        self._stream.write(encode_lines([line]))


@contextmanager
def open_writer(stream: BinaryIO, comparison: Comparison, _options: WritingOptions) -> Iterator[_Writer]:
    """Write each page at once."""
    yield _Writer(stream, comparison)


FORMAT = DifferenceFormat(open_writer)
