"""Waits for a Postgres server that restarts or has no connection left, for a limited time."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sitemap_cli.errors import ConnectionLostError, NoConnectionLeftError, StorageError
from sitemap_cli.storage.driver_errors import BUSY_SECONDS, translate_errors

# A server restarts within seconds; recovery after a crash takes longer.
RECONNECT_SECONDS = 60.0
# As long as for the write lock of SQLite.
NO_CONNECTION_SECONDS = float(BUSY_SECONDS)
FIRST_DELAY, LONGEST_DELAY = 0.1, 2.0
# A connection of this process is free again within moments, and then it is used.
FREE_DELAY, WARN_AFTER = 0.05, 2.0

log = logging.getLogger(__name__)

T = TypeVar("T")


class Reconnection:
    """Opens the connections to one server.

    The first connection of a process is tried once, as its address may be wrong. All others are tried until
    the server has been away for :data:`RECONNECT_SECONDS`. A server that has no connection left is tried for
    :data:`NO_CONNECTION_SECONDS`. Everything that waits shares that time.

    Args:
        where: name of the database for messages.
    """

    def __init__(self, where: str) -> None:
        self._where = where
        self._was_connected = self._has_warned = False
        self._away_since: float | None = None

    async def connect(self, open_connection: Callable[[], Awaitable[T]]) -> T:
        """Open a connection; wait if the server is away.

        Raises:
            ConnectionLostError: the server cannot be reached.
            NoConnectionLeftError: the server has no connection left.
        """
        delay, began = FIRST_DELAY, time.monotonic()
        while True:
            try:
                with translate_errors(self._where):
                    connection = await open_connection()
            except ConnectionLostError as error:
                if not self._was_connected or not self._may_wait(began, RECONNECT_SECONDS):
                    raise
                self._warn_once(error, RECONNECT_SECONDS)
            except NoConnectionLeftError as error:
                if not self._may_wait(began, NO_CONNECTION_SECONDS):
                    error.why = f"{error.why}; none was free for {NO_CONNECTION_SECONDS:.0f} seconds"
                    raise
                if time.monotonic() - began > WARN_AFTER:
                    self._warn_once(error, NO_CONNECTION_SECONDS)
                delay = FREE_DELAY
            else:
                self._was_connected, self._away_since, self._has_warned = True, None, False
                return connection
            await asyncio.sleep(delay)
            delay = min(2 * delay, LONGEST_DELAY)

    def _may_wait(self, began: float, seconds: float) -> bool:
        """Return whether to try again: not if this call, or everything together, has waited long enough."""
        now = time.monotonic()
        self._away_since = self._away_since or now
        return now - min(self._away_since, began) < seconds

    def _warn_once(self, error: StorageError, seconds: float) -> None:
        """Warn that something waits, unless that was said since the server was away or full."""
        if not self._has_warned:
            self._has_warned = True
            log.warning("waiting up to %.0f s for the database: %s", seconds, error)
