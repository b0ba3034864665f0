"""A sitemap: one urlset, see https://www.sitemaps.org/protocol.html."""

import html
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO
from urllib.parse import quote

from sitemap_cli.output.escaping import escape_text
from sitemap_cli.output.output_format import OutputFormat, Row, WriteRows

HEAD = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
)
TAIL = b"</urlset>\n"
TAGS = ("lastmod", "changefreq", "priority")


@contextmanager
def open_writer(stream: BinaryIO, fields: tuple[str, ...]) -> Iterator[WriteRows]:
    """Write rows as one urlset, whatever their number."""
    loc = fields.index("loc")
    others = [(name, fields.index(name)) for name in TAGS]

    def format_row(row: Row) -> str:
        texts = [("loc", _escape_loc(row[loc]))]
        texts += [(tag, escape_text(row[at])) for tag, at in others if row[at] is not None]
        return f"<url>{''.join(f'<{tag}>{html.escape(text)}</{tag}>' for tag, text in texts)}</url>\n"

    def write_rows(rows: Iterable[Row]) -> None:
        stream.write("".join(map(format_row, rows)).encode())

    stream.write(HEAD)
    yield write_rows
    stream.write(TAIL)


def _escape_loc(loc: str) -> str:
    """Percent-encode the characters that XML cannot contain or a terminal would act on."""
    if loc.isprintable():
        return loc
    return "".join(each if each.isprintable() else quote(each, errors="surrogatepass") for each in loc)


FORMAT = OutputFormat(open_writer)
