"""Sitemaps, see https://www.sitemaps.org/protocol.html: one urlset, or a folder of several with an index."""

import gzip as gzip_
import html
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO
from urllib.parse import quote

from sitemap_cli.errors import UsageError
from sitemap_cli.output.escaping import COMMAND, PRINTABLE, consists_of, defuse_xml, escape_text
from sitemap_cli.output.output_format import OutputFormat, Row, WriteRows
from sitemap_cli.output.sitemap_folder import SitemapFolder

HEAD = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
)
TAIL = b"</urlset>\n"
TAGS = ("lastmod", "changefreq", "priority")

_PLAIN = PRINTABLE.translate(None, b"<>\"'")

# Limits of one sitemap: https://www.sitemaps.org/protocol.html#index
MAX_URLS = 50_000
MAX_BYTES = 50 * 1024 * 1024


@contextmanager
def open_writer(stream: BinaryIO, fields: tuple[str, ...], *, gzip: bool = False) -> Iterator[WriteRows]:
    """Write rows as one urlset, at the end of the context.

    Raises:
        UsageError: there are more rows than one sitemap may have; nothing is written.
    """
    data, urls = bytearray(HEAD), 0

    def write_rows(rows: Iterable[Row]) -> None:
        nonlocal urls
        for each in _format_rows(rows, fields):
            urls += 1
            data.extend(each)
            if urls > MAX_URLS or len(data) + len(TAIL) > MAX_BYTES:
                limit = f"{MAX_URLS:,} URLs" if urls > MAX_URLS else f"{MAX_BYTES:,} bytes"
                why = f"the protocol allows {limit}"
                hint = "-o FOLDER writes several sitemaps and an index, --limit 50000 only the first URLs"
                raise UsageError("too large for one sitemap", where="--format xml", why=why, hint=hint)

    yield write_rows
    data += TAIL
    stream.write(gzip_.compress(data, mtime=0) if gzip else data)


@contextmanager
def open_folder(folder: SitemapFolder, fields: tuple[str, ...]) -> Iterator[WriteRows]:
    """Write rows as sitemaps in a folder, each within the limits of the protocol."""
    data, urls = bytearray(HEAD), 0

    def write_rows(rows: Iterable[Row]) -> None:
        nonlocal data, urls
        for each in _format_rows(rows, fields):
            if urls == MAX_URLS or len(data) + len(each) + len(TAIL) > MAX_BYTES:
                folder.write_sitemap(bytes(data + TAIL))
                data, urls = bytearray(HEAD), 0
            urls += 1
            data.extend(each)

    yield write_rows
    if urls or not folder.count:
        folder.write_sitemap(bytes(data + TAIL))


def _format_rows(rows: Iterable[Row], fields: tuple[str, ...]) -> Iterator[bytes]:
    """Yield the element of each row."""
    names = ("loc", *TAGS)
    columns = list(zip(*rows, strict=True))
    used = [(name, columns[fields.index(name)]) for name in names] if columns else []
    present = [(name, column) for name, column in used if column.count(None) < len(column)]
    if all(_is_plain(column) for _, column in present):
        tags = "".join(f"<{name}>%s</{name}>" for name, _ in present)
        template = f"<url>{tags}</url>\n"
        for row in zip(*(map(_escape_ampersands, column) for _, column in present), strict=True):
            yield (template % row).encode()
        return
    for row in zip(*(column for _, column in present), strict=True):
        yield _format_row([name for name, _ in present], row)


def _format_row(names: Iterable[str], row: Row) -> bytes:
    texts = [
        (name, _escape_loc(text) if name == "loc" else escape_text(text))
        for name, text in zip(names, row, strict=True)
        if text is not None
    ]
    tags = "".join(f"<{name}>{html.escape(text)}</{name}>" for name, text in texts)
    return defuse_xml(f"<url>{tags}</url>\n").encode()


def _is_plain(column: Sequence[str | None]) -> bool:
    """Return whether all values are there, and nothing but ampersands has to be escaped in them."""
    if None in column:
        return False
    text = "".join(each for each in column if each)
    return consists_of(text, _PLAIN) and COMMAND not in text


def _escape_ampersands(text: str) -> str:
    return text.replace("&", "&amp;")


def _escape_loc(loc: str) -> str:
    """Percent-encode the characters that XML cannot contain or a terminal would act on."""
    if loc.isprintable():
        return loc
    return "".join(each if each.isprintable() else quote(each, errors="surrogatepass") for each in loc)


FORMAT = OutputFormat(
    open_writer, options=frozenset({"gzip"}), open_folder=open_folder, fields=("loc", *TAGS)
)
