"""JSON Lines: one object per row, without the fields that are absent."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from sitemap_cli.output import json_lines
from sitemap_cli.output.output_format import OutputFormat, Row, WriteRows


@contextmanager
def open_writer(stream: BinaryIO, fields: tuple[str, ...]) -> Iterator[WriteRows]:
    """Write rows as JSON Lines; the extensions of an entry become fields of their own."""

    def write_rows(rows: Iterable[Row]) -> None:
        json_lines.write_records(stream, (dict(zip(fields, row, strict=True)) for row in rows))

    yield write_rows


FORMAT = OutputFormat(open_writer)
