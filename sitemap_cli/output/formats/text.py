"""Text: the first field of each row on a line of its own."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from sitemap_cli.model.text_columns import SEPARATOR, TextColumn
from sitemap_cli.output.escaping import COMMAND, defuse_line, escape_text
from sitemap_cli.output.output_format import OutputFormat, Row, WriteColumns, WriteRows


@contextmanager
def open_writer(stream: BinaryIO, _fields: tuple[str, ...]) -> Iterator[WriteRows]:
    """Write rows as lines of text, with control characters escaped; no line is a command for a pipeline."""

    def write_rows(rows: Iterable[Row]) -> None:
        _write_lines(stream, "".join(f"{escape_text(row[0])}\n" for row in rows))

    yield write_rows


@contextmanager
def open_column_writer(stream: BinaryIO, _fields: tuple[str, ...]) -> Iterator[WriteColumns]:
    """Write the first column as lines of text, as :func:`open_writer` does."""

    def write_columns(columns: Sequence[TextColumn]) -> None:
        # One call for all values: it is true for nearly all pages.
        if columns[0].text.replace(SEPARATOR, "").isprintable():
            _write_lines(stream, columns[0].text.replace(SEPARATOR, "\n") + "\n")
        else:
            _write_lines(stream, "".join(f"{escape_text(each)}\n" for each in columns[0].split_filled()))

    yield write_columns


def _write_lines(stream: BinaryIO, text: str) -> None:
    if "::" in text or COMMAND in text:
        text = "".join(f"{defuse_line(line)}\n" for line in text.splitlines())
    stream.write(text.encode())


FORMAT = OutputFormat(open_writer, open_column_writer=open_column_writer, fields=("loc",))
