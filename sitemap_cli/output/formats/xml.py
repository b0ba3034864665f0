"""Sitemaps that are valid by the protocol: one urlset, or a folder of several with an index.

See https://www.sitemaps.org/protocol.html
"""

import gzip as gzip_
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from sitemap_cli.errors import UsageError
from sitemap_cli.model.text_columns import MISSING, SEPARATOR, TextColumn
from sitemap_cli.output.output_format import OutputFormat, Row, WriteColumns, WriteRows
from sitemap_cli.output.sitemap_entries import FIELDS, EntryWriter
from sitemap_cli.output.sitemap_folder import SitemapFolder
from sitemap_cli.output.sitemap_notes import SitemapNotes
from sitemap_cli.output.urlset import Urlset


@contextmanager
def open_column_writer(
    stream: BinaryIO, fields: tuple[str, ...], *, gzip: bool = False, notes: SitemapNotes | None = None
) -> Iterator[WriteColumns]:
    """Write columns as one urlset, at the end of the context.

    Raises:
        UsageError: there are more URLs than one sitemap may have; nothing is written.
    """
    writer, urlset = EntryWriter(notes or SitemapNotes()), Urlset()

    def write_columns(columns: Sequence[TextColumn]) -> None:
        entries = writer.write_entries(fields, columns)
        if urlset.add(entries) < len(entries.texts):
            hint = "-o FOLDER writes several sitemaps and an index, --limit only the first URLs"
            why = urlset.describe_limit()
            raise UsageError("too large for one sitemap", where="--format xml", why=why, hint=hint)

    yield write_columns
    data = urlset.encode()
    stream.write(gzip_.compress(data, mtime=0) if gzip else data)


@contextmanager
def open_writer(
    stream: BinaryIO, fields: tuple[str, ...], *, gzip: bool = False, notes: SitemapNotes | None = None
) -> Iterator[WriteRows]:
    """Write rows as :func:`open_column_writer` does."""
    with open_column_writer(stream, fields, gzip=gzip, notes=notes) as write_columns:

        def write_rows(rows: Iterable[Row]) -> None:
            columns = [*zip(*rows, strict=True)]
            if columns:
                write_columns([TextColumn.join([*map(_make_text, each)]) for each in columns])

        yield write_rows


@contextmanager
def open_folder(folder: SitemapFolder, fields: tuple[str, ...]) -> Iterator[WriteColumns]:
    """Write columns as sitemaps in a folder, each within the limits."""
    writer, urlset = EntryWriter(folder.notes), Urlset()

    def write_columns(columns: Sequence[TextColumn]) -> None:
        nonlocal urlset
        entries = writer.write_entries(fields, columns)
        done = urlset.add(entries)
        while done < len(entries.texts):
            if urlset.urls:
                folder.add_sitemap(urlset)
                urlset = Urlset()
            else:
                folder.notes.left_out["large"] += 1
                done += 1
            done += urlset.add(entries, done)

    yield write_columns
    if urlset.urls or not folder.count:
        folder.add_sitemap(urlset)


def _make_text(value: object) -> str | None:
    """Return a value as a text of a column; its marks are in no document."""
    return None if value is None else str(value).replace(SEPARATOR, "").replace(MISSING, "")


FORMAT = OutputFormat(
    open_writer,
    options=frozenset({"gzip", "notes"}),
    open_folder=open_folder,
    open_column_writer=open_column_writer,
    fields=FIELDS,
)
