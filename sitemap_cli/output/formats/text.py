"""Text: the first field of each row on a line of its own."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from sitemap_cli.output.escaping import escape_text
from sitemap_cli.output.output_format import OutputFormat, Row, WriteRows


@contextmanager
def open_writer(stream: BinaryIO, _fields: tuple[str, ...]) -> Iterator[WriteRows]:
    """Write rows as lines of text, with control characters escaped."""

    def write_rows(rows: Iterable[Row]) -> None:
        stream.write("".join(f"{escape_text(row[0])}\n" for row in rows).encode())

    yield write_rows


FORMAT = OutputFormat(open_writer)
