"""The time limit for reading one document: its own, and the deadline of its site."""

import math
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from sitemap_cli.model.values import Fault

T = TypeVar("T")


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
