"""Turns what a driver raises into one clear line, keeping the cause."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from sitemap_cli.errors import DatabaseBusyError, StorageError

BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
REASONS = {
    sqlite3.SQLITE_FULL: ("the disk is full", "free some space and run it again; what was recorded is kept"),
    sqlite3.SQLITE_READONLY: (
        "the database is read-only",
        "check the permissions of the file and its folder",
    ),
    sqlite3.SQLITE_CANTOPEN: ("the file cannot be opened", "check the path and its permissions"),
    sqlite3.SQLITE_IOERR: ("reading or writing the file failed", "check the disk"),
    sqlite3.SQLITE_CORRUPT: ("the database is damaged", "restore a backup; the file was left as it is"),
    sqlite3.SQLITE_NOTADB: ("the file is not a database", "name another one; the file was left as it is"),
}


@contextmanager
def translate_errors(where: str) -> Iterator[None]:
    """Raise a :class:`StorageError` for what the driver of the database ``where`` raises.

    A query that SQLAlchemy itself refuses is a fault of ours and stays what it is.
    """
    try:
        yield
    except PoolTimeoutError as error:
        raise DatabaseBusyError("no connection became free", where=where) from error
    except DBAPIError as error:
        raise _to_storage_error(where, error) from error
    except Exception as error:
        # COPY runs on the driver itself, whose errors SQLAlchemy never sees.
        if type(error).__module__.partition(".")[0] not in ("psycopg", "sqlite3", "aiosqlite"):
            raise
        raise StorageError("the database failed", where=where, why=_first_line(error)) from error


def _to_storage_error(where: str, error: DBAPIError) -> StorageError:
    original = getattr(error, "driver_exception", None) or error.orig
    code = getattr(original, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    if primary in BUSY:
        return DatabaseBusyError("the database is locked by another process", where=where)
    if primary in REASONS:
        why, hint = REASONS[primary]
        return StorageError("cannot use the database", where=where, why=why, hint=hint)
    return StorageError("the database failed", where=where, why=_first_line(original or error))


def _first_line(error: BaseException) -> str:
    """The first line of a message; the rest is SQL that says nothing to a user."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
