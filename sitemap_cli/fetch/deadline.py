"""The time limit of one document, not counting the time it waits in our own queue."""

import asyncio
import math
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class Deadline:
    """A point in time that moves while we wait for our own queue, but never beyond ``until``.

    Args:
        seconds: the time limit.
        until: the latest possible deadline, on the clock of the event loop.
    """

    def __init__(self, seconds: float, until: float = math.inf) -> None:
        self._clock = asyncio.get_running_loop().time
        self._start = self._clock()
        self._seconds = seconds
        self._until = until

    @property
    def expires_at(self) -> float:
        """The deadline on the clock of the event loop."""
        return min(self._start + self._seconds, self._until)

    @property
    def seconds_left(self) -> float:
        """Seconds until the deadline, negative when it has passed."""
        return self.expires_at - self._clock()

    @property
    def elapsed_ms(self) -> int:
        """Milliseconds used so far, without the excluded waits."""
        return round((self._clock() - self._start) * 1000)

    async def exclude_wait(self, awaitable: Awaitable[T]) -> T:
        """Await something without counting the time."""
        since = self._clock()
        result = await awaitable
        self._start += self._clock() - since
        return result
