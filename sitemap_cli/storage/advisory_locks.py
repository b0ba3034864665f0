"""Postgres advisory locks, held by one connection; the server frees them when the connection ends."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import URL, TextClause, text

from sitemap_cli.aio import uncancelled
from sitemap_cli.errors import StorageError
from sitemap_cli.storage import engines
from sitemap_cli.storage.database_url import format_url
from sitemap_cli.storage.driver_errors import translate_errors
from sitemap_cli.storage.locks import lock_number

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

TRY_LOCK = text("SELECT pg_try_advisory_lock(:key)")
UNLOCK = text("SELECT pg_advisory_unlock(:key)")


class AdvisoryLocks:
    """The locks of one Postgres database, an implementation of :class:`~sitemap_cli.storage.locks.Locks`.

    https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS

    Postgres grants a lock again to the connection that holds it, so this class keeps the names it holds.
    """

    def __init__(self, url: URL) -> None:
        self._url = url
        self._connection: AsyncConnection | None = None
        self._one_at_a_time = asyncio.Lock()
        self._held: set[str] = set()

    async def acquire(self, name: str) -> bool:
        """Take a lock without waiting; return whether it was free.

        Raises:
            StorageError: the server cannot be reached.
        """
        if name in self._held:
            return False
        self._held.add(name)
        granted = False
        try:
            granted = await self._run_statement(TRY_LOCK, name)
        except asyncio.CancelledError:
            await self._run_statement(UNLOCK, name)
            raise
        finally:
            if not granted:
                self._held.discard(name)
        return granted

    async def release(self, name: str) -> None:
        """Release a lock. A server that does not respond frees it when it notices the lost connection."""
        if name in self._held:
            self._held.discard(name)
            with suppress(StorageError):
                await self._run_statement(UNLOCK, name)

    async def close(self) -> None:
        """Release all locks and close the connection."""
        for name in list(self._held):
            await self.release(name)
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
            await connection.engine.dispose()

    async def _run_statement(self, statement: TextClause, name: str) -> bool:
        # SQLAlchemy drops the connection of a cancelled statement, and that would free all the locks.
        return await uncancelled(self._run_on_connection(statement, lock_number(name, 64) - 2**63))

    async def _run_on_connection(self, statement: TextClause, key: int) -> bool:
        async with self._one_at_a_time:
            with translate_errors(format_url(self._url)):
                if self._connection is None:
                    self._connection = await engines.locking_engine(self._url).connect()
                return bool(await self._connection.scalar(statement, {"key": key}))
