"""Waits for a Postgres server that restarts, for a limited time."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sitemap_cli.errors import ConnectionLostError
from sitemap_cli.storage.driver_errors import translate_errors

# A server restarts within seconds; recovery after a crash takes longer.
RECONNECT_SECONDS = 60.0
FIRST_DELAY, LONGEST_DELAY = 0.1, 2.0

log = logging.getLogger(__name__)

T = TypeVar("T")


class Reconnection:
    """Opens the connections to one server.

    The first connection of a process is tried once, as its address may be wrong. All others are tried until
    the server has been away for :data:`RECONNECT_SECONDS`; everything that waits shares that time.

    Args:
        where: name of the database for messages.
    """

    def __init__(self, where: str) -> None:
        self._where = where
        self._was_connected = False
        self._away_since: float | None = None

    async def connect(self, open_connection: Callable[[], Awaitable[T]]) -> T:
        """Open a connection; wait if the server is away.

        Raises:
            ConnectionLostError: the server cannot be reached.
        """
        delay = FIRST_DELAY
        while True:
            try:
                with translate_errors(self._where):
                    connection = await open_connection()
            except ConnectionLostError as error:
                if not self._may_wait(error):
                    raise
            else:
                self._was_connected, self._away_since = True, None
                return connection
            await asyncio.sleep(delay)
            delay = min(2 * delay, LONGEST_DELAY)

    def _may_wait(self, error: ConnectionLostError) -> bool:
        if not self._was_connected:
            return False
        now = time.monotonic()
        if self._away_since is None:
            self._away_since = now
            log.warning("waiting up to %.0f s for the database: %s", RECONNECT_SECONDS, error)
        return now - self._away_since < RECONNECT_SECONDS
