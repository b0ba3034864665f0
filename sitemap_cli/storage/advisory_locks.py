"""Locks of a Postgres server, held by one session of ours and freed by the server when that ends."""

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

TAKE = text("SELECT pg_try_advisory_lock(:key)")
GIVE = text("SELECT pg_advisory_unlock(:key)")


class AdvisoryLocks:
    """The locks of one Postgres database, as :class:`~sitemap_cli.storage.locks.Locks` promises.

    https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS

    A session could take a lock a second time, so this one remembers what it has.
    """

    def __init__(self, url: URL) -> None:
        self._url = url
        self._connection: AsyncConnection | None = None
        self._one_at_a_time = asyncio.Lock()
        self._held: set[str] = set()

    async def acquire(self, name: str) -> bool:
        """Take a lock at once, or say that somebody has it.

        Raises:
            StorageError: the server cannot be asked.
        """
        if name in self._held:
            return False
        self._held.add(name)
        granted = False
        try:
            granted = await self._run_statement(TAKE, name)
        except asyncio.CancelledError:
            await self._run_statement(GIVE, name)
            raise
        finally:
            if not granted:
                self._held.discard(name)
        return granted

    async def release(self, name: str) -> None:
        """Give a lock back; a server that does not answer has freed it, or will when it misses us."""
        if name in self._held:
            self._held.discard(name)
            with suppress(StorageError):
                await self._run_statement(GIVE, name)

    async def close(self) -> None:
        """Give all of them back."""
        for name in list(self._held):
            await self.release(name)
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
            await connection.engine.dispose()

    async def _run_statement(self, statement: TextClause, name: str) -> bool:
        # To give up the connection because one of its statements was cancelled would free all the locks.
        return await uncancelled(self._run_on_connection(statement, lock_number(name, 64) - 2**63))

    async def _run_on_connection(self, statement: TextClause, key: int) -> bool:
        async with self._one_at_a_time:
            with translate_errors(format_url(self._url)):
                if self._connection is None:
                    self._connection = await engines.locking_engine(self._url).connect()
                return bool(await self._connection.scalar(statement, {"key": key}))
