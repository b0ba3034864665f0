"""A sitemap of the rows, as https://www.sitemaps.org/protocol.html has it."""

import html
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO
from urllib.parse import quote

from sitemap_cli.output.escaping import escape_text

NAME = "xml"

HEAD = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
)
TAIL = b"</urlset>\n"
TAGS = ("lastmod", "changefreq", "priority")


@contextmanager
def opened(stream: BinaryIO, fields: tuple[str, ...]) -> Iterator[Any]:
    """Write rows as one urlset, however many they are."""
    loc = fields.index("loc")
    others = [(name, fields.index(name)) for name in TAGS]

    def shaped(row: tuple[Any, ...]) -> str:
        told = [("loc", _address(row[loc]))]
        told += [(tag, escape_text(row[at])) for tag, at in others if row[at] is not None]
        return f"<url>{''.join(f'<{tag}>{html.escape(text)}</{tag}>' for tag, text in told)}</url>\n"

    def write(rows: Iterable[tuple[Any, ...]]) -> None:
        stream.write("".join(map(shaped, rows)).encode())

    stream.write(HEAD)
    yield write
    stream.write(TAIL)


def _address(loc: str) -> str:
    """The address, percent-encoded where XML has no way to write a character, or a terminal would obey it."""
    if loc.isprintable():
        return loc
    return "".join(each if each.isprintable() else quote(each, errors="surrogatepass") for each in loc)
