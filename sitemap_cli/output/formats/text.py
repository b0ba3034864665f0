"""The first field of each row on a line of its own."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from sitemap_cli.output.escaping import escape_text

NAME = "text"


@contextmanager
def opened(stream: BinaryIO, _fields: tuple[str, ...]) -> Iterator[Any]:
    """Write rows as lines of text; control characters are shown as escapes."""

    def write(rows: Iterable[tuple[Any, ...]]) -> None:
        stream.write("".join(f"{escape_text(row[0])}\n" for row in rows).encode())

    yield write
