"""Postgres advisory locks, held by one connection; the server frees them when the connection ends."""

import asyncio
import select
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, TextClause, text

from sitemap_cli.aio import uncancelled
from sitemap_cli.errors import ConnectionLostError, LockLostError, StorageError
from sitemap_cli.storage import engines
from sitemap_cli.storage.database_url import format_url
from sitemap_cli.storage.driver_errors import translate_errors
from sitemap_cli.storage.locks import lock_number
from sitemap_cli.storage.reconnection import Reconnection

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

TRY_LOCK = text("SELECT pg_try_advisory_lock(:key)")
TRY_LOCK_SHARED = text("SELECT pg_try_advisory_lock_shared(:key)")
UNLOCK = text("SELECT pg_advisory_unlock(:key)")
UNLOCK_SHARED = text("SELECT pg_advisory_unlock_shared(:key)")
PING = text("SELECT :key IS NOT NULL")
# The server frees the locks of a connection a moment after it closed it.
RETAKE_DELAYS = (0.0, 0.05, 0.1, 0.2, 0.5, 1.0)


class AdvisoryLocks:
    """The locks of one Postgres database, an implementation of :class:`~sitemap_cli.storage.locks.Locks`.

    https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS

    Postgres grants a lock again to the connection that holds it, so this class keeps the names it holds. If
    the connection is lost, so are the locks: they are taken again on a new one, before anything is written.
    """

    def __init__(self, url: URL, reconnection: Reconnection) -> None:
        self._url = url
        self._name = format_url(url)
        self._reconnection = reconnection
        self._engine: AsyncEngine | None = None
        self._connection: AsyncConnection | None = None
        self._driver: Any = None
        self._one_at_a_time = asyncio.Lock()
        self._wanted: set[str] = set()
        self._held: set[str] = set()
        self._lost: set[str] = set()
        self._shared: set[str] = set()

    async def acquire(self, name: str, *, shared: bool = False) -> bool:
        """Take a lock without waiting; return whether it was free.

        Raises:
            StorageError: the server cannot be reached.
        """
        if name in self._wanted:
            return False
        self._wanted.add(name)
        (self._shared.add if shared else self._shared.discard)(name)
        granted = False
        try:
            granted = await self._run_statement(self._choose_lock(name), name)
        except asyncio.CancelledError:
            await self._run_statement(self._choose_unlock(name), name)
            raise
        finally:
            if granted:
                self._held.add(name)
            else:
                self._wanted.discard(name)
        return granted

    async def release(self, name: str) -> None:
        """Release a lock. A server that does not respond frees it when it notices the lost connection."""
        if name not in self._held:
            return
        was_lost = name in self._lost
        for names in (self._wanted, self._held, self._lost):
            names.discard(name)
        if not was_lost and self._connection is not None:
            with suppress(StorageError):
                await self._run_statement(self._choose_unlock(name), name)

    async def verify(self) -> None:
        """Check that the locks are still held, and take lost ones again; no round trip if all is well.

        Raises:
            LockLostError: another process may have one of them.
            ConnectionLostError: the server cannot be reached.
        """
        if self._held and self._has_news():
            # The server sent something to a connection that waits for nothing: most likely, that it ended.
            await self._run_statement(PING, "")
        if self._lost:
            raise LockLostError(
                "the lock was lost",
                where=", ".join(sorted(self._lost)),
                why="the server ended the connection that held it, and another process took the lock",
                hint="see what the other run recorded: sitemap jobs list",
            )

    async def close(self) -> None:
        """Release all locks and close the connection."""
        for name in list(self._held):
            await self.release(name)
        await self._drop_connection()
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.dispose()

    def _choose_lock(self, name: str) -> TextClause:
        return TRY_LOCK_SHARED if name in self._shared else TRY_LOCK

    def _choose_unlock(self, name: str) -> TextClause:
        return UNLOCK_SHARED if name in self._shared else UNLOCK

    def _has_news(self) -> bool:
        """Return whether the connection is gone, or the server sent something unrequested."""
        if self._one_at_a_time.locked():
            return False
        if self._connection is None or self._driver.closed:
            return True
        return bool(select.select([self._driver.fileno()], (), (), 0)[0])

    async def _run_statement(self, statement: TextClause, name: str) -> bool:
        # SQLAlchemy drops the connection of a cancelled statement, and that would free all the locks.
        return await uncancelled(self._run_in_turn(statement, lock_number(name, 64) - 2**63))

    async def _run_in_turn(self, statement: TextClause, key: int) -> bool:
        async with self._one_at_a_time:
            if self._connection is not None:
                try:
                    return await self._execute(statement, key)
                except ConnectionLostError:
                    await self._drop_connection()
            await self._connect()
            return await self._execute(statement, key)

    async def _execute(self, statement: TextClause, key: int) -> bool:
        assert self._connection is not None  # noqa: S101 - the callers connect first
        with translate_errors(self._name):
            return bool(await self._connection.scalar(statement, {"key": key}))

    async def _connect(self) -> None:
        """Open the connection, and take on it the locks that a lost one held."""
        if self._engine is None:
            self._engine = engines.locking_engine(self._url)
        self._connection = await self._reconnection.connect(self._engine.connect)
        self._driver = (await self._connection.get_raw_connection()).driver_connection
        for name in sorted(self._held - self._lost):
            if not await self._retake(name):
                self._lost.add(name)

    async def _retake(self, name: str) -> bool:
        for seconds in RETAKE_DELAYS:
            await asyncio.sleep(seconds)
            if await self._execute(self._choose_lock(name), lock_number(name, 64) - 2**63):
                return True
        return False

    async def _drop_connection(self) -> None:
        connection, self._connection, self._driver = self._connection, None, None
        if connection is not None:
            with suppress(StorageError), translate_errors(self._name):
                await connection.close()
