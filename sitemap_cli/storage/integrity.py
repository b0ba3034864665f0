"""Checks the structure of a SQLite file, however damaged it is, in bounded memory."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import URL

from sitemap_cli.storage import sqlite_files
from sitemap_cli.storage.database_url import format_url
from sitemap_cli.storage.driver_errors import translate_errors
from sitemap_cli.storage.read_only_files import has_log
from sitemap_cli.storage.stoppable_work import Stop, run_in_thread

# Faults after which SQLite stops looking, and those that are returned.
MOST_FAULTS = 1_000
SHOWN = 10
# https://sqlite.org/fileformat.html#the_database_header
MAGIC = b"SQLite format 3\0"
HEADER_BYTES, PAGE_SIZE_AT, PAGE_COUNT_AT = 100, 16, 28
LARGEST_PAGE = 65_536
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
# What SQLite says of an index that does not agree with its table, which itself is sound.
INDEX_FAULTS = ("row ", "wrong # of entries in index ", "non-unique entry in index ")


class FileFaults(NamedTuple):
    """How many faults a file has, at most :data:`MOST_FAULTS`, and the first of them."""

    total: int
    shown: list[str]

    @property
    def are_indexes(self) -> bool:
        """Whether only indexes are damaged, which can be built again."""
        return all(each.startswith(INDEX_FAULTS) for each in self.shown)


async def find_file_faults(url: URL, *, is_quick: bool) -> FileFaults:
    """Return what is wrong with the pages of a SQLite file.

    Args:
        url: the database.
        is_quick: do not compare indexes with their tables.
    """
    with translate_errors(format_url(url)):
        return await run_in_thread(lambda stop: _find_file_faults(url, stop, is_quick=is_quick))


def _find_file_faults(url: URL, stop: Stop, *, is_quick: bool) -> FileFaults:
    pragma = "quick_check" if is_quick else "integrity_check"
    found: list[str] = []
    try:
        with sqlite_files.connect(url, read_only=True) as connection, stop.interrupting(connection):
            for row in connection.execute(f"PRAGMA {pragma}({MOST_FAULTS})"):
                found += [] if row == ("ok",) else _split_lines(row)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in DAMAGED:
            raise
        found += [str(error)]
    return FileFaults(len(found), [*_describe_header(url), *found][:SHOWN] if found else [])


def _split_lines(row: tuple[Any, ...]) -> Iterable[str]:
    """Split a row, which may have a heading and several faults of a page."""
    return [line for line in str(row[0]).splitlines() if line and not line.startswith("*** in database")]


def _describe_header(url: URL) -> Iterator[str]:
    """Say what is wrong with the first bytes of a damaged file, or with its length."""
    path = Path(str(url.database))
    size = path.stat().st_size
    with path.open("rb") as file:
        header = file.read(HEADER_BYTES)
    if not header.startswith(MAGIC):
        yield "the file does not begin like a SQLite database"
        return
    page_size = int.from_bytes(header[PAGE_SIZE_AT : PAGE_SIZE_AT + 2])
    pages = int.from_bytes(header[PAGE_COUNT_AT : PAGE_COUNT_AT + 4])
    expected = pages * (LARGEST_PAGE if page_size == 1 else page_size)
    # What the file lacks may be in the log.
    if size < expected and not has_log(url):
        yield f"the file is cut: it has {size:,} of {expected:,} bytes"


async def count_lost_rows(url: URL) -> "Counter[tuple[str, str]]":
    """Return the number of rows whose row in another table is missing, by the names of both tables."""
    with translate_errors(format_url(url)):
        return await run_in_thread(lambda stop: _count_lost_rows(url, stop))


def _count_lost_rows(url: URL, stop: Stop) -> "Counter[tuple[str, str]]":
    with sqlite_files.connect(url, read_only=True) as connection, stop.interrupting(connection):
        rows = connection.execute("PRAGMA foreign_key_check")
        return Counter((table, parent) for table, _row, parent, _number in rows)
