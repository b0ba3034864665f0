"""Text: a row on a line of its own, with tabs between its fields if there are several."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

from sitemap_cli.model.text_columns import SEPARATOR, TextColumn
from sitemap_cli.output.escaping import COMMAND, defuse_line, escape_text
from sitemap_cli.output.iso_times import format_utc
from sitemap_cli.output.output_format import OutputFormat, Row, WriteColumns, WriteRows

TIMES = "lastmod_utc"


@contextmanager
def open_writer(stream: BinaryIO, fields: tuple[str, ...]) -> Iterator[WriteRows]:
    """Write rows as lines of text, with control characters escaped; no line is a command for a pipeline."""

    def write_rows(rows: Iterable[Row]) -> None:
        lines = ("\t".join(map(_format_cell, fields, row)) for row in rows)
        _write_lines(stream, "".join(f"{line}\n" for line in lines))

    yield write_rows


@contextmanager
def open_column_writer(stream: BinaryIO, fields: tuple[str, ...]) -> Iterator[WriteColumns]:
    """Write columns as lines of text, as :func:`open_writer` does."""

    def write_columns(columns: Sequence[TextColumn]) -> None:
        # One call for all values: it is true for nearly all pages.
        if len(columns) == 1 and columns[0].text.replace(SEPARATOR, "").isprintable():
            _write_lines(stream, columns[0].text.replace(SEPARATOR, "\n") + "\n")
        else:
            cells = map(_list_cells, fields, columns)
            _write_lines(stream, "\n".join([*map("\t".join, zip(*cells, strict=True)), ""]))

    yield write_columns


def _list_cells(field: str, column: TextColumn) -> Sequence[str]:
    if field == TIMES:
        return [format_utc(each) or "" for each in column.split_numbers()]
    cells = column.split_filled()
    return cells if "".join(cells).isprintable() else list(map(escape_text, cells))


def _format_cell(field: str, value: Any) -> str:
    shown = format_utc(value) if field == TIMES else value
    return "" if shown is None else escape_text(str(shown))


def _write_lines(stream: BinaryIO, text: str) -> None:
    if "::" in text or COMMAND in text:
        text = "".join(f"{defuse_line(line)}\n" for line in text.splitlines())
    stream.write(text.encode())


FORMAT = OutputFormat(open_writer, open_column_writer=open_column_writer, fields=("loc",), has_columns=True)
