"""An aiosqlite connection that switches to its thread once per statement.

A cursor of aiosqlite switches four times: to open, execute, read and close. Each time two threads wait
for each other, and that takes longer than most statements. A brief transaction, whose statements are small,
executes them in the event loop and only commits in the thread: a small statement takes 20 microseconds, and a
switch costs ten times as much.

This is the only module that uses aiosqlite, and private parts of it; ``tests/unit/storage`` checks that they
are as expected.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from mmap import mmap
from typing import Any, Self, TypeVar

import aiosqlite

# Rows that are read together with the statement; longer results are read further on demand.
FIRST_ROWS = 500
# How long a transaction waits for the write lock after one before it waited in vain.
SHORT_BUSY_MS = 200
# Seconds, at most, for a thread without work to end.
THREAD_ENDS_WITHIN = 5.0

T = TypeVar("T")


class Connection(aiosqlite.Connection):
    """A connection whose cursors are :class:`Cursor`.

    ``pending_begin`` is the BEGIN of a transaction that has not executed a statement yet. It is sent to the
    thread together with the first statement, see :mod:`sitemap_cli.storage.engines`. ``is_brief`` says that
    the statements of the transaction are executed in the event loop, once it has begun.
    """

    pending_begin: str | None = None
    images: list[str]
    is_brief = False
    _full_timeout: int | None = None

    # aiosqlite's method must be awaited, but SQLAlchemy does not await it.
    def cursor(self) -> "Cursor":  # type: ignore[override]
        """Return a cursor, without a switch to the thread."""
        return Cursor(self)

    async def run_in_thread(self, work: Callable[..., T], *args: Any) -> T:
        """Run a function in the thread of the connection and return its result."""
        # aiosqlite's own methods use this untyped one.
        return await self._execute(work, *args)  # type: ignore[no-any-return, no-untyped-call]

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        """Run a function in the event loop in a brief transaction, otherwise in the thread.

        A transaction that has to wait for another process begins in the thread.
        """
        if self.is_brief and (self.pending_begin is None or self._begin_at_once(self.pending_begin)):
            return work(*args)
        return await self.run_in_thread(work, *args)

    def _begin_at_once(self, begin: str) -> bool:
        """Begin a transaction unless that would wait; return whether it has begun."""
        if self._full_timeout is not None:
            return False
        with closing(self.driver_cursor()) as cursor:
            (timeout,) = cursor.execute("PRAGMA busy_timeout").fetchone()
            cursor.execute("PRAGMA busy_timeout = 0")
            try:
                cursor.execute(begin)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                return False
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {timeout}")
        self.pending_begin = None
        return True

    def begin_in_thread(self, cursor: sqlite3.Cursor, begin: str) -> None:
        """Begin a transaction; wait for the write lock once in full, then briefly until it was free again.

        A command that waited in vain records how its work ended before it exits; those writes would wait as
        long, one after the other.
        """
        try:
            cursor.execute(begin)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY and self._full_timeout is None:
                self._full_timeout = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
                cursor.execute(f"PRAGMA busy_timeout = {min(SHORT_BUSY_MS, self._full_timeout or 0)}")
            raise
        if self._full_timeout is not None:
            cursor.execute(f"PRAGMA busy_timeout = {self._full_timeout}")
            self._full_timeout = None

    def attach_image(self, image: bytes | mmap, schema: str) -> None:
        """Attach a database in memory, inside :meth:`run`; it stays until :meth:`detach_images`.

        A transaction must have begun: SQLite would make the image a part of one that begins later.
        """
        self._conn.execute(f"ATTACH ':memory:' AS {schema}")
        self.images.append(schema)
        self._conn.deserialize(image, name=schema)

    async def detach_images(self) -> None:
        """Free the images; no transaction may be open."""
        while self.images:
            await self.run_in_thread(self._conn.execute, f"DETACH {self.images.pop()}")

    def driver_cursor(self) -> sqlite3.Cursor:
        """Return a cursor of sqlite3, to be used inside :meth:`run`."""
        return self._conn.cursor()


class Cursor:
    """The cursor methods that SQLAlchemy uses, each with at most one switch to the thread."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = list[Any]()
        self._rest: sqlite3.Cursor | None = None
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        """Return the cursor; the thread opens its own when a statement is executed."""
        return self

    async def execute(self, sql: str, parameters: Any = ()) -> None:
        """Execute a statement, and read its first rows."""
        await self._connection.run(self._execute, sqlite3.Cursor.execute, sql, parameters)

    async def executemany(self, sql: str, parameters: Iterable[Any]) -> None:
        """Execute a statement once for each set of parameters."""
        await self._connection.run(self._execute, sqlite3.Cursor.executemany, sql, parameters)

    async def fetchall(self) -> list[Any]:
        """Return the remaining rows."""
        rows, self._rows = self._rows, []
        return rows if self._rest is None else rows + await self._connection.run(self._rest.fetchall)

    async def fetchmany(self, size: int = 1) -> list[Any]:
        """Return the next ``size`` rows, or fewer at the end."""
        rows, self._rows = self._rows[:size], self._rows[size:]
        missing = size - len(rows)
        if missing and self._rest is not None:
            rows += await self._connection.run(self._rest.fetchmany, missing)
        return rows

    async def fetchone(self) -> Any:
        """Return the next row; None at the end."""
        return next(iter(await self.fetchmany()), None)

    async def close(self) -> None:
        """Close the cursor; rows that were not read are dropped."""
        if self._rest is not None:
            rest, self._rest = self._rest, None
            await self._connection.run(rest.close)

    def _execute(self, execute: Callable[..., Any], sql: str, parameters: Any) -> None:
        cursor = self._connection.driver_cursor()
        try:
            if self._connection.pending_begin is not None:
                self._connection.begin_in_thread(cursor, self._connection.pending_begin)
                self._connection.pending_begin = None
            execute(cursor, sql, parameters)
            self.description, self.rowcount = cursor.description, cursor.rowcount
            self.lastrowid = cursor.lastrowid
            self._rows = cursor.fetchmany(FIRST_ROWS)
            if len(self._rows) == FIRST_ROWS:
                self._rest = cursor
        finally:
            if self._rest is None:
                cursor.close()


async def open_connection(*args: Any, **options: Any) -> Connection:
    """Open a connection like :func:`sqlite3.connect`; close it again if the task is cancelled meanwhile.

    Otherwise its thread would report to an event loop that is closed, with a traceback on stderr.
    """
    # Only one thread at a time uses it, which a lock in SQLite guarantees besides.
    options["check_same_thread"] = False
    connection = Connection(lambda: sqlite3.connect(*args, **options), 64)
    connection.images = []
    connection._thread.daemon = True  # noqa: SLF001 - SQLAlchemy does the same
    opening = asyncio.ensure_future(connection)
    try:
        await asyncio.shield(opening)
    except asyncio.CancelledError:
        await asyncio.wait([opening])
        if not opening.exception():
            await connection.close()
        raise
    except BaseException:
        # The thread is ending. If the event loop were closed before that, it would print a traceback.
        if connection._thread.ident is not None:  # noqa: SLF001
            connection._thread.join(THREAD_ENDS_WITHIN)  # noqa: SLF001
        raise
    return connection
