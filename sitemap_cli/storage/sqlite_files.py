"""SQLite files as they are: connections beside the engines, sizes, free space on the disk."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL

from sitemap_cli.errors import StorageError
from sitemap_cli.storage import engines
from sitemap_cli.storage.driver_errors import make_damaged_error
from sitemap_cli.storage.read_only_files import LOG, find_beside, is_read_only, make_readable_url

# Files that SQLite and the program keep beside a database.
COMPANIONS = ("-wal", "-shm", "-journal", "-lock")


@contextmanager
def connect(url: URL, *, read_only: bool = False) -> Iterator[sqlite3.Connection]:
    """Open a connection to an existing file, for use in any one thread; no transaction begins by itself.

    Args:
        url: the database.
        read_only: refuse to write.
    """
    wait = engines.BUSY_MS / 1000
    if is_read_only(url):
        name = str(make_readable_url(url).database)
    else:
        name = f"file:{quote(os.fsencode(str(url.database)))}?mode=rw"
    with closing(
        sqlite3.connect(name, uri=True, timeout=wait, isolation_level=None, check_same_thread=False)
    ) as connection:
        if read_only:
            connection.execute("PRAGMA query_only=ON")
        try:
            yield connection
        except UnicodeDecodeError as error:
            raise make_damaged_error(error) from error


def read_pragma(connection: sqlite3.Connection, name: str) -> int:
    """Return the value of a pragma that is a number."""
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def has_log(connection: sqlite3.Connection) -> bool:
    """Return whether the database has a write-ahead log, which some file systems do not allow."""
    return bool(connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal")


def find_size(url: URL) -> int:
    """Return the bytes that a database takes on the disk, with its log."""
    return Path(str(url.database)).stat().st_size + find_log_size(url)


def find_log_size(url: URL) -> int:
    """Return the bytes of the write-ahead log."""
    try:
        return find_beside(url, LOG).stat().st_size
    except FileNotFoundError:
        return 0


def require_space(folder: Path, needed: int, what: str, hint: str) -> None:
    """Check that a file system has enough free space; one that does not say how much it has may be tried.

    Raises:
        StorageError: it does not.
    """
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return
    if usage.total and usage.free < needed:
        why = f"it needs {_format_size(needed)}, and {_format_size(usage.free)} are free"
        raise StorageError(what, where=str(folder), why=why, hint=hint)


def _format_size(count: int) -> str:
    return f"{count / 1_000_000:,.1f} MB"
