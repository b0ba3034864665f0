"""How long a document may be read: not beyond what one document may take, nor beyond its site's time."""

import math
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from sitemap_cli.model.values import Fault

T = TypeVar("T")


class ReadTimeout:
    """Stops the supply of bytes when a reader has used up its time; what it has read by then is kept.

    Only the time inside the reader counts against ``seconds``, not what its consumer does with an item.

    Args:
        seconds: for this document.
        until: when the time of its site is over, on the clock of :func:`time.monotonic`.
    """

    def __init__(self, seconds: float = math.inf, until: float = math.inf) -> None:
        self.fault: Fault | None = None
        self._seconds = seconds
        self._until = until
        self._spent = 0.0
        self._since: float | None = None

    def limit_chunks(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Hand chunks to the reader, as long as there is time."""
        for chunk in chunks:
            self._look()
            if self.fault is not None:
                return
            yield chunk

    def measure_reading(self, items: Iterator[T]) -> Iterator[T]:
        """Pass on what the reader gives, and measure how long it takes for that."""
        while True:
            self._since = time.monotonic()
            item = next(items, None)
            self._spent += time.monotonic() - self._since
            if item is None:
                return
            yield item

    def _look(self) -> None:
        now = time.monotonic()
        spent = self._spent + now - (self._since or now)
        if now > self._until:
            self.fault = Fault("deadline", "not read to its end in the time allowed for the site")
        elif spent > self._seconds:
            self.fault = Fault("deadline", f"not read to its end in {self._seconds:g} seconds")
