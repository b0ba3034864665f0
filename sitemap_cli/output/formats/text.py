"""Text: the first field of each row on a line of its own."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from sitemap_cli.output.escaping import COMMAND, defuse_line, escape_text
from sitemap_cli.output.output_format import OutputFormat, Row, WriteRows


@contextmanager
def open_writer(stream: BinaryIO, _fields: tuple[str, ...]) -> Iterator[WriteRows]:
    """Write rows as lines of text, with control characters escaped; no line is a command for a pipeline."""

    def write_rows(rows: Iterable[Row]) -> None:
        text = "".join(f"{escape_text(row[0])}\n" for row in rows)
        if "::" in text or COMMAND in text:
            text = "".join(f"{defuse_line(line)}\n" for line in text.splitlines())
        stream.write(text.encode())

    yield write_rows


FORMAT = OutputFormat(open_writer)
