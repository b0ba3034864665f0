"""An aiosqlite connection that switches to its thread once per statement.

A cursor of aiosqlite switches four times: to open, execute, read and close. Each time two threads wait
for each other, and that takes longer than most statements. A brief transaction, whose statements are small,
executes them in the event loop, and commits there: a small statement takes 20 microseconds, and a switch
costs ten times as much. It also holds the write lock only for that time: between its begin and its commit,
it does not wait for a turn in the event loop.

This is the only module that uses aiosqlite, and private parts of it; ``tests/unit/storage`` checks that they
are as expected.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from mmap import mmap
from typing import Any, Self, TypeVar

import aiosqlite

from sitemap_cli.storage.driver_errors import make_damaged_error

# Rows that are read together with the statement; longer results are read further on demand.
FIRST_ROWS = 500
# How long a transaction waits for the write lock after one before it waited in vain.
SHORT_BUSY_MS = 200
# Seconds, at most, for a thread without work to end.
THREAD_ENDS_WITHIN = 5.0
# Seconds between two attempts of a brief transaction to get the write lock.
FIRST_DELAY, LONGEST_DELAY = 0.001, 0.01
# Rows that brief transactions may change until one of them commits in the thread.
MAX_CHANGES = 5_000
# The default of SQLite: from a thousand pages on, a commit copies the log into the database.
PAGES = 1_000

T = TypeVar("T")


class Connection(aiosqlite.Connection):
    """A connection whose cursors are :class:`Cursor`.

    ``pending_begin`` is the BEGIN of a transaction that has not executed a statement yet. It is sent
    together with the first statement, see :mod:`sitemap_cli.storage.engines`. ``is_brief`` says that
    the statements of the transaction are executed in the event loop. ``busy_ms`` is how long a transaction
    waits for the write lock.
    """

    pending_begin: str | None = None
    images: list[str]
    is_brief = False
    busy_ms = 0
    _set_ms = 0
    _waited_in_vain = False
    _pages = PAGES
    _changes = 0

    @cached_property
    def _has_log(self) -> bool:
        """Whether the database has a write-ahead log, which some file systems do not allow."""
        return bool(self._conn.execute("PRAGMA journal_mode").fetchone()[0] == "wal")

    # aiosqlite's method must be awaited, but SQLAlchemy does not await it.
    def cursor(self) -> "Cursor":  # type: ignore[override]
        """Return a cursor, without a switch to the thread."""
        return Cursor(self)

    async def run_in_thread(self, work: Callable[..., T], *args: Any) -> T:
        """Run a function in the thread of the connection and return its result."""
        # aiosqlite's own methods use this untyped one.
        return await self._execute(work, *args)  # type: ignore[no-any-return, no-untyped-call]

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        """Run a function in the event loop in a brief transaction, otherwise in the thread."""
        if not self.is_brief:
            return await self.run_in_thread(work, *args)
        await self._begin_brief()
        return work(*args)

    async def execute_brief(self, sql: str, parameters: Sequence[Any]) -> tuple[list[Any], int]:
        """Execute a statement of a brief transaction; return its rows and the number of those it changed."""
        await self._begin_brief()
        cursor = self._conn.execute(sql, parameters)
        try:
            return cursor.fetchall(), cursor.rowcount
        finally:
            cursor.close()

    async def execute_brief_many(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        """Execute a statement of a brief transaction once for each set of parameters."""
        await self._begin_brief()
        self._conn.executemany(sql, parameters)

    async def _begin_brief(self) -> None:
        """Begin a brief transaction in the event loop, unless it has begun.

        While another process has the write lock, this one does other work, and tries again. If it waited in
        the thread, it would hold the lock until the event loop has time for the statements.
        """
        if self.pending_begin is None:
            return
        give_up_at, delay = time.monotonic() + self._find_patience() / 1000, FIRST_DELAY
        self._set_busy_timeout(0)
        while True:
            try:
                self._conn.execute(self.pending_begin)
            except sqlite3.OperationalError as error:
                if not _is_busy(error):
                    raise
                if time.monotonic() > give_up_at:
                    self._waited_in_vain = True
                    raise
            else:
                break
            await asyncio.sleep(delay)
            delay = min(2 * delay, LONGEST_DELAY)
        self._waited_in_vain, self.pending_begin = False, None

    def begin_in_thread(self, cursor: sqlite3.Cursor, begin: str) -> None:
        """Begin a transaction in the thread, which waits for the write lock."""
        self._set_busy_timeout(self._find_patience())
        try:
            cursor.execute(begin)
        except sqlite3.OperationalError as error:
            self._waited_in_vain = self._waited_in_vain or _is_busy(error)
            raise
        self._waited_in_vain = False

    def _find_patience(self) -> int:
        """Return how many milliseconds to wait for the write lock.

        A command that waited in vain records how its work ended before it exits. Those writes would wait as
        long, one after the other, so they wait briefly, until the lock was free again.
        """
        return min(SHORT_BUSY_MS, self.busy_ms) if self._waited_in_vain else self.busy_ms

    def _set_busy_timeout(self, milliseconds: int) -> None:
        if milliseconds != self._set_ms:
            self._conn.execute(f"PRAGMA busy_timeout = {milliseconds}")
            self._set_ms = milliseconds

    async def commit(self) -> None:
        """Commit a brief transaction in the event loop, others in the thread.

        A commit appends to SQLite's write-ahead log and does not wait for the disk. If the log is long, it
        also copies it into the database, which does wait: from time to time, that is left to the thread.
        https://sqlite.org/wal.html#performance_considerations
        """
        if self.is_brief:
            changes = self._conn.total_changes
            if changes - self._changes < MAX_CHANGES and self._has_log:
                self._set_checkpoint(0)
                self._conn.commit()
                return
            self._changes = changes
        self._set_checkpoint(PAGES)
        await super().commit()

    def _set_checkpoint(self, pages: int) -> None:
        """Set the length of the log from which on a commit copies it; 0 is never."""
        if pages != self._pages:
            self._conn.execute(f"PRAGMA wal_autocheckpoint = {pages}")
            self._pages = pages

    def attach_image(self, image: bytes | mmap, schema: str) -> None:
        """Attach a database in memory, inside :meth:`run`; it stays until :meth:`detach_images`.

        A transaction must have begun: SQLite would make the image a part of one that begins later.
        """
        self._conn.execute(f"ATTACH ':memory:' AS {schema}")
        self.images.append(schema)
        self._conn.deserialize(image, name=schema)

    async def detach_images(self, *, in_thread: bool) -> None:
        """Free the images; no transaction may be open. A switch to the thread could be cancelled."""
        while self.images:
            sql = f"DETACH {self.images.pop()}"
            if in_thread:
                await self.run_in_thread(self._conn.execute, sql)
            else:
                self._conn.execute(sql)

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
        except UnicodeDecodeError as error:
            raise make_damaged_error(error) from error
        finally:
            if self._rest is None:
                cursor.close()


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


async def open_connection(*args: Any, **options: Any) -> Connection:
    """Open a connection like :func:`sqlite3.connect`; close it again if the task is cancelled meanwhile.

    Otherwise its thread would report to an event loop that is closed, with a traceback on stderr.
    """
    # Only one thread at a time uses it, which a lock in SQLite guarantees besides.
    options["check_same_thread"] = False
    connection = Connection(lambda: sqlite3.connect(*args, **options), 64)
    connection.images = []
    connection.busy_ms = connection._set_ms = round(options["timeout"] * 1000)  # noqa: SLF001 - of this class
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
