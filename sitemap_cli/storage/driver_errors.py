"""Translates the exceptions of database drivers into errors of one clear line."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from sitemap_cli.errors import (
    ConflictError,
    ConnectionLostError,
    DamagedError,
    DatabaseBusyError,
    NoConnectionLeftError,
    ReadOnlyError,
    StorageError,
)

# How long a command waits for SQLite's write lock.
BUSY_SECONDS = 30
FEW_CONNECTIONS = "end other programs that use it, or allow more: a run needs 2 connections, a worker 4"
# https://www.postgresql.org/docs/current/errcodes-appendix.html: the server stops, crashed or starts, and the
# timeouts that end sessions.
LOST = {"57P01", "57P02", "57P03", "57P05", "25P03"}
CONNECTION_EXCEPTIONS = "08"
# A refused connection has no code, only its message: of Postgres, and of PgBouncer.
NO_CONNECTION_LEFT = "53300"
REFUSED = re.compile(
    r"(?:FATAL:\s+)?((?:sorry, )?too many (?:connections|clients).*|remaining connection slots are reserved.*"
    r"|no more connections allowed.*)"
)
# A deadlock, a failed serialization, a row that another transaction removed or added first.
CONFLICTS = {"40P01", "40001", "23503", "23505"}
# A transaction that is read-only, as on a standby server; a user who may not write.
READ_ONLY = {"25006", "42501"}
# A lock was not free within lock_timeout.
LOCK_NOT_AVAILABLE = "55P03"
BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
REASONS = {
    sqlite3.SQLITE_FULL: ("the disk is full", "free some space and try again; what was recorded is kept"),
    sqlite3.SQLITE_READONLY: (
        "the database is read-only",
        "check the permissions of the file and its folder",
    ),
    sqlite3.SQLITE_CANTOPEN: ("the file cannot be opened", "check the path and its permissions"),
    sqlite3.SQLITE_IOERR: ("reading or writing the file failed", "check the disk"),
    sqlite3.SQLITE_CORRUPT: ("the database is damaged", "restore a backup; the file was not changed"),
    sqlite3.SQLITE_NOTADB: (
        "the file is not a database",
        "choose another file with --database; the file was not changed",
    ),
}
KINDS = {
    sqlite3.SQLITE_READONLY: ReadOnlyError,
    sqlite3.SQLITE_CORRUPT: DamagedError,
    sqlite3.SQLITE_NOTADB: DamagedError,
}


@contextmanager
def translate_errors(where: str) -> Iterator[None]:
    """Raise a :class:`StorageError` in place of an exception of the driver of the database ``where``.

    Exceptions of SQLAlchemy itself, such as for an invalid query, are bugs and are not translated.
    """
    try:
        yield
    except PoolTimeoutError as error:
        raise DatabaseBusyError("timed out waiting for a connection", where=where) from error
    except PendingRollbackError as error:
        # A statement on a connection that was lost before.
        raise ConnectionLostError("the connection to the database was lost", where=where) from error
    except DBAPIError as error:
        raise _to_storage_error(where, error) from error
    except Exception as error:
        # COPY and brief transactions bypass SQLAlchemy, so it does not wrap the driver's exceptions.
        if type(error).__module__.partition(".")[0] not in ("psycopg", "sqlite3", "aiosqlite"):
            raise
        raise _to_storage_error(where, error) from error


def make_damaged_error(error: UnicodeDecodeError) -> sqlite3.DatabaseError:
    """Return the error for a message or text of SQLite that is not UTF-8, which only a damaged file has."""
    damaged = sqlite3.DatabaseError(f"not UTF-8: {error.object[:100]!a}")
    damaged.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
    return damaged


def _to_storage_error(where: str, error: Exception) -> StorageError:
    original = getattr(error, "driver_exception", None) or getattr(error, "orig", None) or error
    code = getattr(original, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    if primary in BUSY:
        return DatabaseBusyError(
            "the database is locked by another process",
            where=where,
            why=f"it was not free for {BUSY_SECONDS} seconds",
            hint="try again when the other process has ended",
        )
    if primary in REASONS:
        why, hint = REASONS[primary]
        return KINDS.get(primary, StorageError)("cannot use the database", where=where, why=why, hint=hint)
    return _to_driver_error(where, original)


def _to_driver_error(where: str, error: BaseException) -> StorageError:
    """Return the error for an exception of a driver; a lost connection is one that may come back."""
    why, state = _first_line(error), getattr(error, "sqlstate", None)
    refused = REFUSED.search(str(error)) if state is None else None
    if refused or state == NO_CONNECTION_LEFT:
        what, why = "the database has no connection left", refused[1].strip() if refused else why
        return NoConnectionLeftError(what, where=where, why=why, hint=FEW_CONNECTIONS)
    if _is_connection_lost(error):
        return ConnectionLostError("the database failed", where=where, why=why)
    if state == LOCK_NOT_AVAILABLE:
        hint = "try again when the other process has ended"
        return DatabaseBusyError("another process has a table locked", where=where, why=why, hint=hint)
    kind = ConflictError if state in CONFLICTS else ReadOnlyError if state in READ_ONLY else StorageError
    return kind("the database failed", where=where, why=why)


def _is_connection_lost(error: BaseException) -> bool:
    """Return whether the connection is gone: psycopg has no code if the socket was closed or refused."""
    if type(error).__module__.partition(".")[0] != "psycopg":
        return False
    state = getattr(error, "sqlstate", None)
    if state is None:
        return type(error).__name__ in ("OperationalError", "ConnectionTimeout", "PoolTimeout")
    return state in LOST or state.startswith(CONNECTION_EXCEPTIONS)


def _first_line(error: BaseException) -> str:
    """Return the first line of a message; the others are SQL."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
