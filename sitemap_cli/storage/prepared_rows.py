"""Rows of entries that another process prepares, so that a database takes them with one statement.

For SQLite they are the image of a database in memory with one table; for Postgres they are the text of COPY.
Nothing here imports SQLAlchemy, without which a process starts in half the time.
"""

import sqlite3
from itertools import chain, compress, islice

from sitemap_cli.model.item_batch import EntryColumns
from sitemap_cli.storage.entry_rows import ROWS, build_columns, format_copy_text, has_values

SCHEMA = "prepared"
"""The name under which SQLite attaches an image."""

FIELDS = ("loc", "lastmod", "lastmod_utc", "changefreq", "priority", "line", "extensions")
"""The columns of the table of entries after its key, in order."""


def open_builder(document_id: int | None) -> "ImageBuilder | CopyTextBuilder":
    """Return a builder for Postgres, where the rows name their document, or without an id for SQLite."""
    return ImageBuilder() if document_id is None else CopyTextBuilder(document_id)


class ImageBuilder:
    """Builds the image of a SQLite database whose table ``entries`` has the position as its rowid."""

    def __init__(self) -> None:
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.execute(f"CREATE TABLE entries ({', '.join(FIELDS)})")
        self._connection.execute("BEGIN")

    def add(self, entries: EntryColumns) -> None:
        """Add entries after those that were added before."""
        columns = build_columns(entries)
        used = list(map(has_values, columns))
        values = chain.from_iterable(zip(*compress(columns, used), strict=True))
        row = f"({', '.join('?' if each else 'NULL' for each in used)})"
        whole, rest = divmod(len(entries), ROWS)
        for rows, statements in ((ROWS, whole), (1, rest)):
            sql = f"INSERT INTO entries VALUES {', '.join([row] * rows)}"  # noqa: S608 - nothing but question marks
            width = rows * sum(used)
            self._connection.executemany(sql, (tuple(islice(values, width)) for _ in range(statements)))

    @property
    def size(self) -> int:
        """Bytes of the rows so far."""
        pages, page_size = (
            self._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
        )
        return int(pages * page_size)

    def finish(self) -> bytes:
        """Return the image."""
        self._connection.execute("COMMIT")
        image = self._connection.serialize()
        self._connection.close()
        return image


class CopyTextBuilder:
    """Builds the text of COPY."""

    def __init__(self, document_id: int) -> None:
        self._document_id = document_id
        self._rows = 0
        self._parts: list[bytes] = []
        self.size = 0

    def add(self, entries: EntryColumns) -> None:
        """Add entries after those that were added before."""
        if not entries.locs:
            return
        part = format_copy_text(self._document_id, self._rows + 1, build_columns(entries)).encode()
        self._rows += len(entries)
        self._parts.append(part)
        self.size += len(part)

    def finish(self) -> bytes:
        """Return the text."""
        return b"".join(self._parts)
