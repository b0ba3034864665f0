"""SQLite files that this user may only read, while another process may be writing.

What was written lately stands in a second file, the write-ahead log, until it is copied into the database.
Without the right to write, SQLite reads the log only if its files exist and may be read, and otherwise needs
the promise that nothing changes: https://sqlite.org/wal.html#read_only_databases
"""

import os
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL

IMMUTABLE = "immutable=1"
WITH_LOG = "mode=ro"
LOG, INDEX = "-wal", "-shm"


def is_read_only(url: URL) -> bool:
    """Return whether this is an existing SQLite file that may not be written, or lies in such a folder."""
    if url.get_backend_name() != "sqlite":
        return False
    path = Path(str(url.database))
    return path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def make_readable_url(url: URL) -> URL:
    """Return the URL with which a file can be read that may not be written; with its log if possible."""
    mode = WITH_LOG if has_log(url) and _may_read_log(url) else IMMUTABLE
    path = quote(os.fsencode(str(url.database)))
    return url.set(database=f"file:{path}?{mode}", query={"uri": "true"})


def is_immutable(url: URL) -> bool:
    """Return whether a file is read without locks, with the promise that it is not written."""
    return is_read_only(url) and not (has_log(url) and _may_read_log(url))


def hides_log(url: URL) -> bool:
    """Return whether there is a log that may not be read, so that the newest rows are missing."""
    return is_read_only(url) and has_log(url) and not _may_read_log(url)


def has_log(url: URL) -> bool:
    """Return whether something stands in the log."""
    try:
        return find_beside(url, LOG).stat().st_size > 0
    except OSError:
        return False


def _may_read_log(url: URL) -> bool:
    return all(os.access(find_beside(url, suffix), os.R_OK) for suffix in (LOG, INDEX))


def find_beside(url: URL, suffix: str) -> Path:
    """Return a file of SQLite's own, which lies beside the database itself, not beside a link to it."""
    return Path(os.path.realpath(str(url.database)) + suffix)
