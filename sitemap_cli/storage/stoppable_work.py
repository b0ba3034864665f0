"""Work in a thread that takes minutes, and that a signal stops within moments."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

# A request that arrives between two statements of the work has no effect, so it is repeated.
REPEAT_SECONDS = 0.05

T = TypeVar("T")


class WorkStoppedError(Exception):
    """The work ended early because that was requested."""


class Stop:
    """A request to end work in another thread, which also interrupts the statement that SQLite executes."""

    def __init__(self) -> None:
        self._requested = threading.Event()
        self._connection: sqlite3.Connection | None = None

    def check(self) -> None:
        """Check whether to go on.

        Raises:
            WorkStoppedError: the work should end.
        """
        if self._requested.is_set():
            raise WorkStoppedError

    @contextmanager
    def interrupting(self, connection: sqlite3.Connection) -> Iterator[None]:
        """Interrupt the statements of a connection on request; it needs ``check_same_thread=False``."""
        self.check()
        self._connection = connection
        try:
            yield
        except sqlite3.OperationalError:
            self.check()
            raise
        finally:
            self._connection = None

    def request(self) -> None:
        """Ask the work to end."""
        self._requested.set()
        connection = self._connection
        if connection is not None:
            connection.interrupt()


async def run_in_thread(work: Callable[[Stop], T]) -> T:
    """Run work in a thread; if this task is cancelled, stop the work, and wait for its end."""
    stop = Stop()
    running = asyncio.ensure_future(asyncio.to_thread(work, stop))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        while not running.done():
            stop.request()
            await asyncio.wait([running], timeout=REPEAT_SECONDS)
        if not running.cancelled():
            # asyncio would print an error that was never retrieved.
            running.exception()
        raise
