"""A JSON object for each row on a line of its own; absent fields are left out."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from sitemap_cli.output import json_lines

NAME = "jsonl"


@contextmanager
def opened(stream: BinaryIO, fields: tuple[str, ...]) -> Iterator[Any]:
    """Write rows as JSON Lines; the extensions of an entry stand beside its own fields."""

    def write(rows: Iterable[tuple[Any, ...]]) -> None:
        json_lines.write_records(stream, (dict(zip(fields, row, strict=True)) for row in rows))

    yield write
