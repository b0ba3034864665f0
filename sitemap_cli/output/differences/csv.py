"""Comma-separated values: a row for each URL that differs, safe to open in a spreadsheet."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from sitemap_cli.model.difference import ChangedEntry, ChangePage, FieldColumns, split_fields
from sitemap_cli.model.difference_results import DifferenceSummary
from sitemap_cli.model.text_columns import SEPARATOR, TextColumn
from sitemap_cli.output.difference_format import Comparison, DifferenceFormat, WritingOptions
from sitemap_cli.output.field_changes import TEXT_FIELDS, list_field_changes
from sitemap_cli.output.formats.csv import open_column_writer
from sitemap_cli.output.output_format import WriteColumns

_VALUES = tuple(f"{name}_{side}" for name in TEXT_FIELDS for side in ("old", "new"))
FIELDS = ("change", "loc", "sitemap", *_VALUES, "others")
"""The columns; ``others`` has the names of extensions that differ, with blanks between them."""


class _Writer:
    def __init__(self, write: WriteColumns) -> None:
        self._write = write

    def write_page(self, page: ChangePage) -> None:
        self._write_plain("added", page.added, page.new_sitemap)
        self._write_plain("removed", page.removed, page.old_sitemap)
        if page.changed:
            self._write_changed(page)

    def _write_plain(self, change: str, locs: Sequence[str], sitemap: str) -> None:
        if locs:
            self._write(_build_columns(change, locs, sitemap, [_repeat("", locs)] * (len(_VALUES) + 1)))

    def _write_changed(self, page: ChangePage) -> None:
        locs, columns = [each.loc for each in page.changed], list[TextColumn]()
        fields = split_fields(page.changed)
        for name in TEXT_FIELDS:
            columns += _show_sides(fields[name])
        is_same = fields["extensions"].is_same
        columns.append(_repeat("", locs) if is_same else TextColumn.join([*map(_name_others, page.changed)]))
        self._write(_build_columns("changed", locs, page.new_sitemap, columns))

    def write_summary(self, summary: DifferenceSummary) -> None:
        """Write nothing: a table of URLs has no room for it."""


def _build_columns(
    change: str, locs: Sequence[str], sitemap: str, others: Sequence[TextColumn]
) -> list[TextColumn]:
    urls = TextColumn(SEPARATOR.join(locs), len(locs))
    return [_repeat(change, locs), urls, _repeat(sitemap, locs), *others]


def _repeat(value: str, locs: Sequence[str]) -> TextColumn:
    return TextColumn.repeat(value, len(locs))


def _show_sides(values: FieldColumns) -> list[TextColumn]:
    """Return the older and the newer values, without those that are the same: they are no change."""
    if values.is_same:
        return [TextColumn.repeat("", len(values.old))] * 2
    sides = list[list[str]]([[], []])
    for old, new in zip(values.old, values.new, strict=True):
        sides[0].append("" if old == new else old or "")
        sides[1].append("" if old == new else new or "")
    return [TextColumn.join(each) for each in sides]


def _name_others(entry: ChangedEntry) -> str:
    if entry.old.extensions == entry.new.extensions:
        return ""
    return " ".join(each.name for each in list_field_changes(entry) if each.name not in TEXT_FIELDS)


@contextmanager
def open_writer(stream: BinaryIO, _comparison: Comparison, options: WritingOptions) -> Iterator[_Writer]:
    """Write the header row at once, then each page."""
    with open_column_writer(stream, FIELDS, raw=options.raw, excel=options.excel) as write:
        yield _Writer(write)


FORMAT = DifferenceFormat(open_writer, is_csv=True)
