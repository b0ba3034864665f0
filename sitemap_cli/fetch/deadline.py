"""The time that one document may take, not counting the time it stands in our own queue."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Deadline:
    """A point in time that moves on while we wait for reasons of our own."""

    def __init__(self, seconds: float) -> None:
        self._clock = asyncio.get_running_loop().time
        self._start = self._clock()
        self._seconds = seconds

    @property
    def at(self) -> float:
        """When it is reached, in the time of the event loop."""
        return self._start + self._seconds

    @property
    def left(self) -> float:
        """Seconds until then, negative when it has passed."""
        return self.at - self._clock()

    @property
    def spent_ms(self) -> int:
        """Milliseconds used so far."""
        return round((self._clock() - self._start) * 1000)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Do not count the time of this block."""
        since = self._clock()
        try:
            yield
        finally:
            self._start += self._clock() - since
