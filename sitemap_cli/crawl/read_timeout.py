"""The time limit for reading one document: its own, and the deadline of its site."""

import math
import time
from collections.abc import Iterable, Iterator
from typing import Self, TypeVar

import msgspec

from sitemap_cli.model.values import Fault

T = TypeVar("T")


class TimeLeft(msgspec.Struct, frozen=True):
    """The time in seconds that a reading has left, to be sent to another process; None if it is endless.

    ``share`` and ``used`` are the arguments of :meth:`ReadTimeout.reserve_time`.
    """

    seconds: float | None
    until_deadline: float | None
    share: float
    used: float


class ReadTimeout:
    """Stops the supply of bytes when the parser has used up its time; what it has read so far is kept.

    Only the time inside the parser counts against ``seconds``, not what the consumer does with an item.

    Args:
        seconds: the limit for this document.
        until: the deadline of its site, on the clock of :func:`time.monotonic`.
    """

    def __init__(self, seconds: float = math.inf, until: float = math.inf) -> None:
        self.fault: Fault | None = None
        self._seconds = seconds
        self._until = until
        self._spent = 0.0
        self._share = 0.0
        self._began = 0.0
        self._since: float | None = None

    def reserve_time(self, share: float, used: float) -> None:
        """Leave a share of the time that documents take for what must be done with all of them at the end.

        ``used`` is the time that earlier documents of the site took.
        """
        self._share, self._began = share, time.monotonic() - used

    def measure_left(self) -> TimeLeft:
        """Return the time that is left."""
        now = time.monotonic()
        limits = self._seconds - self._spent, self._until - now
        seconds, left = (each if math.isfinite(each) else None for each in limits)
        return TimeLeft(seconds, left, self._share, now - self._began if self._share else 0.0)

    @classmethod
    def from_left(cls, left: TimeLeft) -> Self:
        """Return the limit for a reading in another process."""
        now = time.monotonic()
        seconds = math.inf if left.seconds is None else left.seconds
        timeout = cls(seconds, math.inf if left.until_deadline is None else now + left.until_deadline)
        timeout.reserve_time(left.share, left.used)
        return timeout

    def limit_chunks(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield chunks to the parser while there is time."""
        for chunk in chunks:
            self._check_time()
            if self.fault is not None:
                return
            yield chunk

    def measure_reading(self, items: Iterator[T]) -> Iterator[T]:
        """Yield the items of the parser, and measure the time that it takes for them."""
        while True:
            self._since = time.monotonic()
            item = next(items, None)
            self._spent += time.monotonic() - self._since
            if item is None:
                return
            yield item

    def _check_time(self) -> None:
        now = time.monotonic()
        spent = self._spent + now - (self._since or now)
        if now + self._share * (now - self._began) > self._until:
            self.fault = Fault("deadline", "reading stopped at the deadline of the site")
        elif spent > self._seconds:
            self.fault = Fault("deadline", f"reading stopped after {self._seconds:g} seconds")
