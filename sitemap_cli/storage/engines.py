"""Engines with the settings each kind of database needs to keep its promises."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

BUSY_MS = 30_000
# Whoever waits for a connection waits for transactions of our own, however many sites we read at once.
POOL_SECONDS = 600
IMMUTABLE = "immutable=1"
# The page size counts for a new file only. Larger pages and a cache that holds a whole document make
# inserting a sixth cheaper than the defaults.
WRITING = (
    "page_size=8192",
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "cache_size=-16000",
)


def writing_engine(url: URL) -> AsyncEngine:
    """An engine for transactions that write.

    On SQLite it has one connection, because there is one writer, and takes the lock when the
    transaction begins: with a deferred BEGIN a transaction that reads and then writes fails at once
    with "database is locked", and no timeout applies (https://sqlite.org/lang_transaction.html).
    """
    if url.get_backend_name() != "sqlite":
        return _postgres_engine(url)
    engine = _sqlite_engine(url, pool_size=1, max_overflow=0)
    _configure(engine, "BEGIN IMMEDIATE", WRITING)
    return engine


def reading_engine(url: URL) -> AsyncEngine:
    """An engine for transactions that only read; SQLite refuses a write on it."""
    if url.get_backend_name() != "sqlite":
        return _postgres_engine(url).execution_options(
            postgresql_readonly=True, isolation_level="REPEATABLE READ"
        )
    engine = _sqlite_engine(_readable_url(url))
    _configure(engine, "BEGIN", ("query_only=ON",), _interrupt_statement)
    return engine


def locking_engine(url: URL) -> AsyncEngine:
    """An engine for the one Postgres connection that holds locks; a transaction would hold up VACUUM."""
    return _postgres_engine(url, pool_size=1, max_overflow=0, isolation_level="AUTOCOMMIT")


def _sqlite_engine(url: URL, **options: Any) -> AsyncEngine:
    """An engine that rolls back what comes back to its pool only if something is left to be rolled back.

    To do so each time would ask a thread, and be a traceback on stderr when it is cancelled meanwhile.
    """
    return create_async_engine(
        url,
        pool_timeout=POOL_SECONDS,
        pool_reset_on_return=None,
        connect_args={"timeout": BUSY_MS / 1000, "async_creator_fn": _open_connection},
        **options,
    )


async def _open_connection(*args: Any, **options: Any) -> Any:
    """A connection of aiosqlite, closed again when nobody waits for it any longer.

    Its thread would tell the loop that it is open after the loop has gone, on stderr.
    """
    from sitemap_cli.storage.aiosqlite_cursor import Connection

    connection = Connection(lambda: sqlite3.connect(*args, **options), 64)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does it
    opening = asyncio.ensure_future(connection)
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        await asyncio.wait([opening])
        if not opening.exception():
            await connection.close()
        raise


def _postgres_engine(url: URL, **options: Any) -> AsyncEngine:
    """The pool is small because many processes share one server; keepalives notice a silent network."""
    defaults = {
        "pool_pre_ping": True,
        "pool_size": 2,
        "max_overflow": 1,
        "pool_recycle": 1800,
        "pool_timeout": POOL_SECONDS,
        "pool_use_lifo": True,
        "connect_args": {
            "connect_timeout": 10,
            "keepalives": 1,
            "keepalives_idle": 30,
            "application_name": "sitemap",
        },
    }
    return create_async_engine(url, **(defaults | options))


def _readable_url(url: URL) -> URL:
    """SQLite cannot open a WAL database in a folder it may not write, unless told that nobody writes."""
    path = Path(str(url.database))
    if _is_writable(path) and _is_writable(path.parent):
        return url
    return url.set(database=f"file:{path.as_posix()}?{IMMUTABLE}", query={"uri": "true"})


def _is_writable(path: Path) -> bool:
    import os

    return os.access(path, os.W_OK)


def _interrupt_statement(connection: Any) -> None:
    """Break off what a connection is doing: to sum up millions of rows takes longer than Ctrl-C may."""
    connection.run_async(lambda driver: driver.interrupt())


def _let_finish(_connection: Any) -> None:
    """Nothing: a statement that writes is short, and rolling it back shall find it at its end."""


def _configure(
    engine: AsyncEngine,
    begin: str,
    pragmas: tuple[str, ...],
    given_up: Callable[[Any], None] = _let_finish,
) -> None:
    """Own every BEGIN: sqlite3 would begin late, or not at all before DDL and SAVEPOINT.

    https://docs.sqlalchemy.org/en/21/dialects/sqlite.html#pysqlite-transaction-control
    """

    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "reset")
    def returned(connection: Any, _record: Any, _state: Any) -> None:
        if connection.driver_connection.in_transaction:
            connection.rollback()

    @event.listens_for(engine.sync_engine, "invalidate")
    def invalidated(connection: Any, _record: Any, _error: BaseException | None) -> None:
        given_up(connection)
        # A cancelled statement leaves a cursor behind, and SQLite keeps a closed connection, with its
        # lock, until the last cursor is gone: https://sqlite.org/c3ref/close.html
        # What was interrupted is all that goes on there, perhaps this very rollback.
        with suppress(sqlite3.OperationalError):
            connection.rollback()

    @event.listens_for(engine.sync_engine, "begin")
    def began(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.pending_begin = begin
