"""Engines for SQLite and Postgres, and when their transactions begin.

On SQLite every transaction of the program has an explicit BEGIN, and that BEGIN is deferred: SQLAlchemy's
"begin" event only stores it on the connection, and it is sent together with the first statement
(:mod:`sitemap_cli.storage.aiosqlite_connection`), which saves one switch to the thread of the connection. Two
consequences: a transaction takes its lock and sees the database from its first statement on, not from
``async with db.transaction()`` on; and one without a statement takes no lock at all.
"""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy import URL, Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from sitemap_cli.storage.connection_pool import WakingPool
from sitemap_cli.storage.driver_errors import BUSY_SECONDS
from sitemap_cli.storage.read_only_files import is_read_only, make_readable_url

# The execution option of engines whose transactions are brief.
BRIEF = "sitemap_brief"
# Values of sqlite3.threadsafety: https://docs.python.org/3/library/sqlite3.html#sqlite3.threadsafety
SERIALIZED = 3
BUSY_MS = BUSY_SECONDS * 1000
# Connections are only in use by other transactions of this process, so the wait always ends.
POOL_SECONDS = 600
TRANSACTIONS = 3
"""Transactions of each kind, writing and reading, that use Postgres at the same time."""
# The page size only applies to new files. Larger pages and a cache for a whole document make inserts a sixth
# faster than the defaults.
WRITING = (
    "page_size=8192",
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "cache_size=-16000",
)


def writing_engine(url: URL) -> AsyncEngine:
    """Return an engine for transactions that write.

    On SQLite it has one connection, because SQLite has one writer. Transactions are BEGIN IMMEDIATE, which
    waits for the write lock: with plain BEGIN, a transaction that reads first and then writes fails at once
    with "database is locked", whatever the timeout (https://sqlite.org/lang_transaction.html).
    """
    if url.get_backend_name() != "sqlite":
        return _postgres_engine(url)
    engine = _sqlite_engine(url, pool_size=1, max_overflow=0)
    _configure_engine(engine, "BEGIN IMMEDIATE", WRITING)
    return engine


def reading_engine(url: URL) -> AsyncEngine:
    """Return an engine for read-only transactions on SQLite; the database refuses to write in them."""
    engine = _sqlite_engine(make_readable_url(url) if is_read_only(url) else url)
    _configure_engine(engine, "BEGIN", ("query_only=ON",), _interrupt_statement)
    return engine


def make_read_only(engine: AsyncEngine) -> AsyncEngine:
    """Return an engine for read-only transactions on Postgres, with the connections of another engine.

    A process that never reads and writes at the same time gets by with one connection.
    """

    @event.listens_for(engine.sync_engine, "checkin")
    def follow_server(connection: Any, _record: Any) -> None:
        # SQLAlchemy makes it READ WRITE again, which a server may forbid by default_transaction_read_only.
        if connection is not None:
            connection.set_read_only(None)

    return engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")


def make_brief(engine: AsyncEngine) -> AsyncEngine:
    """Return an engine for brief transactions, with the connections of another engine.

    All statements of a brief transaction are small, so SQLite may execute them in the event loop.
    """
    return engine.execution_options(**{BRIEF: True})


def locking_engine(url: URL) -> AsyncEngine:
    """Return an engine for the connection that holds Postgres locks; a transaction would block VACUUM."""
    return autocommit_engine(url)


def autocommit_engine(url: URL) -> AsyncEngine:
    """Return an engine with one Postgres connection whose statements are in no transaction, as for VACUUM."""
    return _postgres_engine(url, pool_size=1, max_overflow=0, isolation_level="AUTOCOMMIT")


def _sqlite_engine(url: URL, **options: Any) -> AsyncEngine:
    """Return an engine that rolls back returned connections only if their transaction is still open.

    SQLAlchemy would roll back every time, which switches to the thread and, if it is cancelled meanwhile,
    prints a traceback to stderr.
    """
    from sitemap_cli.storage.aiosqlite_connection import open_connection

    return create_async_engine(
        url,
        poolclass=WakingPool,
        pool_timeout=POOL_SECONDS,
        pool_reset_on_return=None,
        connect_args={"timeout": BUSY_MS / 1000, "async_creator_fn": open_connection},
        **options,
    )


def _postgres_engine(url: URL, **options: Any) -> AsyncEngine:
    """Return an engine with a small pool, as many processes share a server, and with TCP keepalives.

    Its connections are for :data:`TRANSACTIONS` that write, and as many that read.
    """
    defaults = {
        "pool_pre_ping": True,
        "pool_size": 2 * TRANSACTIONS - 2,
        "max_overflow": 2,
        "pool_recycle": 1800,
        "pool_timeout": POOL_SECONDS,
        "pool_use_lifo": True,
        "connect_args": {
            "connect_timeout": 10,
            # A database in SQL_ASCII would return bytes, before its encoding could be refused.
            "client_encoding": "utf8",
            "keepalives": 1,
            "keepalives_idle": 30,
            "application_name": "sitemap",
        },
    }
    return create_async_engine(url, **(defaults | options))


def _interrupt_statement(connection: Any) -> None:
    """Interrupt a statement: an aggregate over millions of rows would delay Ctrl-C for too long."""
    connection.run_async(lambda driver: driver.interrupt())


def _let_finish(_connection: Any) -> None:
    """Do nothing: statements that write are short, and the rollback waits for the end of one."""


def _configure_engine(
    engine: AsyncEngine,
    begin: str,
    pragmas: tuple[str, ...],
    on_invalidate: Callable[[Any], None] = _let_finish,
) -> None:
    """Set pragmas, and send every BEGIN explicitly: sqlite3 sends none before DDL and SAVEPOINT.

    https://docs.sqlalchemy.org/en/21/dialects/sqlite.html#pysqlite-transaction-control
    """

    @event.listens_for(engine.sync_engine, "connect")
    def set_pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        try:
            cursor = connection.cursor()
            for pragma in pragmas:
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()
        except BaseException:
            # SQLAlchemy forgets the connection, whose thread would outlive the event loop.
            connection.close()
            raise

    @event.listens_for(engine.sync_engine, "reset")
    def roll_back_unfinished(connection: Any, _record: Any, _state: Any) -> None:
        driver: Any = connection.driver_connection
        if driver.in_transaction:
            connection.rollback()
        if driver.images:
            in_thread = sqlite3.threadsafety != SERIALIZED
            connection.run_async(lambda each: each.detach_images(in_thread=in_thread))

    @event.listens_for(engine.sync_engine, "invalidate")
    def roll_back_invalid(connection: Any, _record: Any, _error: BaseException | None) -> None:
        on_invalidate(connection)
        # A cancelled statement leaves an open cursor, and SQLite keeps a closed connection and its lock until
        # the last cursor is closed: https://sqlite.org/c3ref/close.html
        # The interrupt may also hit this rollback, when nothing else is running.
        with suppress(sqlite3.OperationalError):
            connection.rollback()

    @event.listens_for(engine.sync_engine, "begin")
    def defer_begin(connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection
        driver.pending_begin = begin
        # Without the lock in SQLite two threads may not use a connection, not even in turns.
        is_brief = connection.get_execution_options().get(BRIEF, False)
        driver.is_brief = is_brief and sqlite3.threadsafety == SERIALIZED
