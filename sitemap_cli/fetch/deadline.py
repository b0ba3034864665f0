"""The time that one document may take, not counting the time it stands in our own queue."""

import asyncio
import math
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


class Deadline:
    """A point in time that moves on while we wait for reasons of our own, but never beyond ``until``."""

    def __init__(self, seconds: float, until: float = math.inf) -> None:
        self._clock = asyncio.get_running_loop().time
        self._start = self._clock()
        self._seconds = seconds
        self._until = until

    @property
    def expires_at(self) -> float:
        """When it is reached, in the time of the event loop."""
        return min(self._start + self._seconds, self._until)

    @property
    def seconds_left(self) -> float:
        """Seconds until then, negative when it has passed."""
        return self.expires_at - self._clock()

    @property
    def elapsed_ms(self) -> int:
        """Milliseconds used so far."""
        return round((self._clock() - self._start) * 1000)

    async def exclude_wait(self, waiting: Awaitable[T]) -> T:
        """Wait for something without counting the time."""
        since = self._clock()
        awaited = await waiting
        self._start += self._clock() - since
        return awaited
