"""Helpers for asyncio: work that a cancellation may not cut off, groups of failures, timed buffers."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

T = TypeVar("T")


async def uncancelled(
    work: Coroutine[Any, Any, T], hasten: Callable[[], Awaitable[object]] | None = None
) -> T:
    """Await a coroutine to its end; a cancellation that arrives meanwhile is raised afterwards.

    ``hasten`` is called then, so that the end comes soon.
    """
    running = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        if hasten is not None and not running.done():
            await hasten()
        await asyncio.wait([running])
        if not running.cancelled():
            # This is the only place that can look at its error, which asyncio would print otherwise.
            running.exception()
        raise


@asynccontextmanager
async def run_beside(work: Coroutine[Any, Any, T]) -> AsyncIterator["asyncio.Task[T]"]:
    """Run a coroutine as a task beside the block, and wait for it when the block ends.

    The block begins when the task waits for the first time. An error in the block cancels the task.
    """
    running = asyncio.create_task(work)
    try:
        await asyncio.sleep(0)
        yield running
    except BaseException:
        running.cancel()
        raise
    finally:
        await uncancelled(_wait_for_end(running), lambda: asyncio.sleep(0, running.cancel()))


async def _wait_for_end(running: "asyncio.Task[Any]") -> None:
    await asyncio.wait([running])
    if not running.cancelled():
        # asyncio would print an error that was never retrieved.
        running.exception()


def pick_first(group: ExceptionGroup[Exception], log: logging.Logger) -> Exception:
    """Return the first exception of a group, for the caller to raise, and log the others."""
    first, *others = group.exceptions
    for each in others:
        log.warning("another task failed: %s", each, exc_info=each)
    return first


class TimedBuffer(Generic[T]):
    """Items that are handled together: until there are ``most``, or the first is ``seconds`` old."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._deadline = 0.0
        self.items: list[T] = []

    @property
    def deadline(self) -> float | None:
        """The time of the event loop at which the items are due; None without items."""
        return self._deadline if self.items else None

    @property
    def timeout(self) -> float | None:
        """Seconds until the items are due; None without items."""
        return self._deadline - asyncio.get_running_loop().time() if self.items else None

    @property
    def is_full(self) -> bool:
        """Whether there is no room for another item."""
        return len(self.items) >= self._most

    @property
    def is_due(self) -> bool:
        """Whether the first item has waited long enough."""
        return bool(self.items) and asyncio.get_running_loop().time() >= self._deadline

    def add(self, item: T) -> None:
        """Add an item; the first one sets the deadline."""
        if not self.items:
            self._deadline = asyncio.get_running_loop().time() + self._seconds
        self.items.append(item)

    def take(self) -> list[T]:
        """Return the items, and leave the buffer empty."""
        items, self.items = self.items, []
        return items
