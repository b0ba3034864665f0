"""A sitemap of the rows, as https://www.sitemaps.org/protocol.html has it."""

import html
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

NAME = "xml"

HEAD = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
)
TAIL = b"</urlset>\n"
TAGS = ("loc", "lastmod", "changefreq", "priority")


@contextmanager
def opened(stream: BinaryIO, fields: tuple[str, ...]) -> Iterator[Any]:
    """Write rows as one urlset, however many they are."""
    wanted = [(name, fields.index(name)) for name in TAGS]

    def shaped(row: tuple[Any, ...]) -> str:
        inner = (f"<{tag}>{html.escape(row[at])}</{tag}>" for tag, at in wanted if row[at] is not None)
        return f"<url>{''.join(inner)}</url>\n"

    def write(rows: Iterable[tuple[Any, ...]]) -> None:
        stream.write("".join(map(shaped, rows)).encode("utf-8", "backslashreplace"))

    stream.write(HEAD)
    yield write
    stream.write(TAIL)
