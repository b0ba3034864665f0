"""How many requests run at once, and how far apart they start: in all, and for each host."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

MAX_LANES = 10_000


class Pace:
    """Lets requests start when their host, and the program as a whole, have room for one more.

    Args:
        concurrency: requests at once in all.
        per_host: requests at once to one host and port.
        delay: seconds between the starts of two requests to one host and port.
    """

    def __init__(self, *, concurrency: int, per_host: int, delay: float) -> None:
        self._everybody = asyncio.Semaphore(concurrency)
        self._per_host = per_host
        self._delay = delay
        self._lanes: OrderedDict[str, _Lane] = OrderedDict()

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait until a request to this ``host:port`` may start; it lasts as long as the block."""
        lane = self._lane(host)
        lane.users += 1
        try:
            # The host first: whoever waits for a slow host must not keep others from theirs.
            async with lane.room:
                await lane.until_next(self._delay)
                async with self._everybody:
                    yield
        finally:
            lane.users -= 1

    def _lane(self, host: str) -> "_Lane":
        """The lane of a host; those unused for longest are forgotten when there are too many."""
        lane = self._lanes.setdefault(host, _Lane(self._per_host))
        self._lanes.move_to_end(host)
        while len(self._lanes) > MAX_LANES and (idle := self._longest_idle()) is not None:
            del self._lanes[idle]
        return lane

    def _longest_idle(self) -> str | None:
        return next((host for host, lane in self._lanes.items() if lane.users == 0), None)


class _Lane:
    """The requests to one host."""

    def __init__(self, per_host: int) -> None:
        self.room = asyncio.Semaphore(per_host)
        self.users = 0
        self._next = 0.0

    async def until_next(self, delay: float) -> None:
        """Take the next starting time and wait for it."""
        now = asyncio.get_running_loop().time()
        start = max(now, self._next)
        self._next = start + delay
        if start > now:
            await asyncio.sleep(start - now)
