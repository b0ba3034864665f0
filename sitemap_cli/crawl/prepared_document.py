"""A document that was read completely before anything of it is stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from mmap import mmap
from typing import Protocol

from sitemap_cli.crawl.document_reading import DocumentFacts, DocumentReading, ReadingOptions
from sitemap_cli.model.item_batch import EntryColumns
from sitemap_cli.model.values import Child, Problem

MAX_ROWS = 64 * 1024 * 1024
"""Bytes of prepared rows, about half a million entries; larger documents are stored while they are read."""


Rows = bytes | mmap
"""Prepared rows; those in mapped memory are returned to the system when they are no longer needed."""


class RowBuilder(Protocol):
    """Collects the rows of one document, in the form that a database takes."""

    def add(self, entries: EntryColumns) -> None:
        """Add entries after those that were added before."""
        ...

    @property
    def size(self) -> int:
        """Bytes of the rows so far."""
        ...

    def finish(self) -> bytes:
        """Return the rows."""
        ...


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """The facts of a document, its children and problems, and the rows of its entries.

    ``document_id`` is the one that the rows name, if the database needs that.
    """

    facts: DocumentFacts
    children: list[Child]
    problems: list[Problem]
    rows: Rows
    document_id: int | None = None


def prepare_document(
    chunks: Iterable[bytes], options: ReadingOptions, builder: RowBuilder, document_id: int | None
) -> PreparedDocument | None:
    """Read a body to its end; return None if it has too many rows to be held in memory."""
    reading = DocumentReading(chunks, options)
    children, problems = list[Child](), list[Problem]()
    for batch in reading:
        builder.add(batch.entries)
        children += batch.children
        problems += batch.problems
        if builder.size > MAX_ROWS:
            return None
    return PreparedDocument(reading.build_facts(), children, problems, builder.finish(), document_id)
