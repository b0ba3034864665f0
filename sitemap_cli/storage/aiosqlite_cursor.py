"""A connection of aiosqlite that asks its thread once for each statement.

A cursor of aiosqlite asks it four times, to open, execute, read and close, and each time two threads
wait for one another: that costs more than most statements do.
"""

import sqlite3
from collections.abc import Callable, Iterable
from typing import Any, Self, TypeVar

import aiosqlite

# What is shorter is read at once, together with the statement; of what is longer this is the beginning.
AT_ONCE = 500

T = TypeVar("T")


class Connection(aiosqlite.Connection):
    """A connection whose cursors are :class:`Statement`.

    ``opening`` is what begins a transaction, to be executed together with its first statement.
    """

    pending_begin: str | None = None

    # SQLAlchemy awaits no cursor, as the method of aiosqlite would want it.
    def cursor(self) -> "Cursor":  # type: ignore[override]
        """A cursor, for which the thread need not be asked."""
        return Cursor(self)

    async def run_in_thread(self, work: Callable[..., T], *args: Any) -> T:
        """Do something in the thread of the connection."""
        # The library's own way in, which it left without types.
        return await self._execute(work, *args)  # type: ignore[no-any-return, no-untyped-call]

    def driver_cursor(self) -> sqlite3.Cursor:
        """A cursor of the driver, for use in the thread."""
        return self._conn.cursor()


class Cursor:
    """What SQLAlchemy needs of a cursor of aiosqlite, with at most one visit to the thread for each call."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows = list[Any]()
        self._rest: sqlite3.Cursor | None = None
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        """Nothing is opened before it is executed."""
        return self

    async def execute(self, sql: str, parameters: Any = ()) -> None:
        """Execute a statement, and read the beginning of what it brings."""
        await self._connection.run_in_thread(self._execute_in_thread, sqlite3.Cursor.execute, sql, parameters)

    async def executemany(self, sql: str, parameters: Iterable[Any]) -> None:
        """Execute a statement once for each of the parameters."""
        await self._connection.run_in_thread(
            self._execute_in_thread, sqlite3.Cursor.executemany, sql, parameters
        )

    async def fetchall(self) -> list[Any]:
        """The rows that were not read yet."""
        rows, self._rows = self._rows, []
        return (
            rows if self._rest is None else rows + await self._connection.run_in_thread(self._rest.fetchall)
        )

    async def fetchmany(self, size: int = 1) -> list[Any]:
        """So many of the rows that were not read yet, or fewer at the end."""
        rows, self._rows = self._rows[:size], self._rows[size:]
        missing = size - len(rows)
        if missing and self._rest is not None:
            rows += await self._connection.run_in_thread(self._rest.fetchmany, missing)
        return rows

    async def fetchone(self) -> Any:
        """The next row; None at the end."""
        return next(iter(await self.fetchmany()), None)

    async def close(self) -> None:
        """Give up what was not read."""
        if self._rest is not None:
            rest, self._rest = self._rest, None
            await self._connection.run_in_thread(rest.close)

    def _execute_in_thread(self, execute: Callable[..., Any], sql: str, parameters: Any) -> None:
        cursor = self._connection.driver_cursor()
        try:
            if self._connection.pending_begin is not None:
                cursor.execute(self._connection.pending_begin)
                self._connection.pending_begin = None
            execute(cursor, sql, parameters)
            self.description, self.rowcount = cursor.description, cursor.rowcount
            self.lastrowid = cursor.lastrowid
            self._rows = cursor.fetchmany(AT_ONCE)
            if len(self._rows) == AT_ONCE:
                self._rest = cursor
        finally:
            if self._rest is None:
                cursor.close()
