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


def writing(url: URL) -> AsyncEngine:
    """An engine for transactions that write.

    On SQLite it has one connection, because there is one writer, and takes the lock when the
    transaction begins: with a deferred BEGIN a transaction that reads and then writes fails at once
    with "database is locked", and no timeout applies (https://sqlite.org/lang_transaction.html).
    """
    if url.get_backend_name() != "sqlite":
        return _postgres(url)
    engine = create_async_engine(url, pool_size=1, max_overflow=0, connect_args=_connecting())
    _prepare(engine, "BEGIN IMMEDIATE", WRITING)
    return engine


def reading(url: URL) -> AsyncEngine:
    """An engine for transactions that only read; SQLite refuses a write on it."""
    if url.get_backend_name() != "sqlite":
        return _postgres(url).execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
    engine = create_async_engine(_readable(url), connect_args=_connecting())
    _prepare(engine, "BEGIN", ("query_only=ON",), _interrupt)
    return engine


def _connecting() -> dict[str, Any]:
    return {"timeout": BUSY_MS / 1000, "async_creator_fn": _connected}


async def _connected(*args: Any, **options: Any) -> Any:
    """A connection of aiosqlite, closed again when nobody waits for it any longer.

    Its thread would tell the loop that it is open after the loop has gone, on stderr.
    """
    import aiosqlite

    connection = aiosqlite.connect(*args, **options)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does it
    opening = asyncio.ensure_future(connection)
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        await asyncio.wait([opening])
        if not opening.exception():
            await connection.close()
        raise


def _postgres(url: URL) -> AsyncEngine:
    """The pool is small because many processes share one server; keepalives notice a silent network."""
    return create_async_engine(
        url,
        pool_pre_ping=True,
        pool_size=3,
        max_overflow=2,
        pool_recycle=1800,
        pool_use_lifo=True,
        connect_args={
            "connect_timeout": 10,
            "keepalives": 1,
            "keepalives_idle": 30,
            "application_name": "sitemap",
        },
    )


def _readable(url: URL) -> URL:
    """SQLite cannot open a WAL database in a folder it may not write, unless told that nobody writes."""
    path = Path(str(url.database))
    if _writable(path) and _writable(path.parent):
        return url
    return url.set(database=f"file:{path.as_posix()}?{IMMUTABLE}", query={"uri": "true"})


def _writable(path: Path) -> bool:
    import os

    return os.access(path, os.W_OK)


def _interrupt(connection: Any) -> None:
    """Break off what a connection is doing: to sum up millions of rows takes longer than Ctrl-C may."""
    connection.run_async(lambda driver: driver.interrupt())


def _let_finish(_connection: Any) -> None:
    """Nothing: a statement that writes is short, and rolling it back shall find it at its end."""


def _prepare(
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
        connection.exec_driver_sql(begin)
