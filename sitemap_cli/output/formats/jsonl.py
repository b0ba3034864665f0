"""JSON Lines: one object per row, without the fields that are absent."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from sitemap_cli.model.text_columns import SEPARATOR, TextColumn
from sitemap_cli.model.url_columns import EXTENSION_FIELDS, INTEGERS
from sitemap_cli.output import json_lines
from sitemap_cli.output.escaping import COMMAND, PRINTABLE, consists_of
from sitemap_cli.output.iso_times import format_utc_column
from sitemap_cli.output.output_format import OutputFormat, Row, WriteColumns, WriteRows, make_rows

TIMES, LINE = "lastmod_utc", "line"
JSON_FIELDS = ("extensions", *EXTENSION_FIELDS)
_PLAIN = (PRINTABLE + SEPARATOR.encode()).translate(None, b'"\\')


@contextmanager
def open_writer(stream: BinaryIO, fields: tuple[str, ...]) -> Iterator[WriteRows]:
    """Write rows as JSON Lines; the extensions of an entry become fields of their own."""

    def write_rows(rows: Iterable[Row]) -> None:
        json_lines.write_records(stream, (dict(zip(fields, row, strict=True)) for row in rows))

    yield write_rows


@contextmanager
def open_column_writer(stream: BinaryIO, fields: tuple[str, ...]) -> Iterator[WriteColumns]:
    """Write columns as JSON Lines, as :func:`open_writer` does; fast if no value has to be escaped."""
    with open_writer(stream, fields) as write_rows:

        def write_columns(columns: Sequence[TextColumn]) -> None:
            present = [each for each in zip(fields, columns, strict=True) if not each[1].is_absent]
            varying = [(name, column) for name, column in present if column.constant is None]
            values = [_list_plain_values(*each) for each in varying]
            # Without a value that varies, nothing says how many lines there are.
            if values and all(values) and all(_is_plain(column.constant or "") for _, column in present):
                template = f"{{{','.join(_make_place(*each) for each in present)}}}\n"
                stream.write("".join(map(template.__mod__, zip(*values, strict=True))).encode())
            else:
                write_rows(make_rows(fields, columns, INTEGERS))

        yield write_columns


def _list_plain_values(field: str, column: TextColumn) -> Sequence[str | int | None]:
    """Return the values of a column; none if one of them is missing, or has to be escaped."""
    if field in JSON_FIELDS or column.has_gaps:
        return ()
    if field == TIMES:
        times = format_utc_column(column.split_numbers())
        return () if None in times else times
    return column.split_filled() if _is_plain(column.text) else ()


def _is_plain(text: str) -> bool:
    return consists_of(text, _PLAIN) and COMMAND not in text


def _make_place(field: str, column: TextColumn) -> str:
    """Return a member of an object with a place for its value, or with the value that all objects have."""
    if column.constant is not None:
        return f'"{field}":"{column.constant.replace("%", "%%")}"'
    return f'"{field}":%s' if field == LINE else f'"{field}":"%s"'


FORMAT = OutputFormat(open_writer, open_column_writer=open_column_writer, has_columns=True, has_values=True)
