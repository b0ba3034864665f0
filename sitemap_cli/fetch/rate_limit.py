"""How many requests run at once, and how far apart they start: in all, and for each host."""

import asyncio
import math
from collections import OrderedDict

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

    async def turn(self, host: str, delay: float = 0.0, least: float = 0.0) -> "Turn":
        """Wait until a request to this ``host:port`` may start; it lasts as long as the turn is entered.

        ``delay`` is what the host itself wants between two starts, 0 where nobody knows it: then what
        was last known of it holds. ``least`` is what the user wants for it.
        """
        lane = self._lane(host)
        lane.delay = max(delay or lane.delay, self._delay, least)
        lane.users += 1
        try:
            # The host first: whoever waits for a slow host must not keep others from theirs.
            await lane.room.acquire()
            try:
                await self._start(lane)
            except BaseException:
                lane.room.release()
                raise
        except BaseException:
            lane.users -= 1
            raise
        return Turn(self._everybody, lane)

    def rest(self, host: str, seconds: float) -> None:
        """Start nothing at this ``host:port`` for so long; what waits for it keeps nobody else waiting."""
        self._lane(host).rest(seconds)

    async def _start(self, lane: "_Lane") -> None:
        """Wait for the next starting time of the host, then for room among everybody."""
        if lane.is_open() and not self._everybody.locked():
            await self._everybody.acquire()
            lane.started()
            return
        async with lane.door:
            while True:
                await lane.until_next()
                await self._everybody.acquire()
                # The host may have asked for a rest meanwhile.
                if lane.seconds_left() <= 0:
                    break
                self._everybody.release()
            lane.started()

    def _lane(self, host: str) -> "_Lane":
        """The lane of a host; those unused for longest are forgotten when there are too many."""
        lane = self._lanes.get(host)
        if lane is None:
            lane = self._lanes[host] = _Lane(self._per_host, self._delay)
        self._lanes.move_to_end(host)
        while len(self._lanes) > MAX_LANES and (idle := self._longest_idle()) is not None:
            del self._lanes[idle]
        return lane

    def _longest_idle(self) -> str | None:
        return next((host for host, lane in self._lanes.items() if lane.is_idle()), None)


class Turn:
    """One request that may start now; room for the next one is made at the end of the block."""

    __slots__ = ("_everybody", "_lane")

    def __init__(self, everybody: asyncio.Semaphore, lane: "_Lane") -> None:
        self._everybody = everybody
        self._lane = lane

    def __enter__(self) -> None:
        """Nothing is left to wait for."""

    def __exit__(self, *_: object) -> None:
        self._everybody.release()
        self._lane.room.release()
        self._lane.users -= 1


class _Lane:
    """The requests to one host."""

    def __init__(self, per_host: int, delay: float) -> None:
        self.room = asyncio.Semaphore(per_host)
        self.door = asyncio.Lock()
        self.users = 0
        self.delay = delay
        self._clock = asyncio.get_running_loop().time
        self._last = -math.inf
        self._rested = -math.inf

    def is_idle(self) -> bool:
        """Whether a new lane would do as well."""
        return self.users == 0 and self.seconds_left() <= 0

    def is_open(self) -> bool:
        """Whether a request may start now, and nobody else waits to be the next."""
        return not self.door.locked() and self.seconds_left() <= 0

    def seconds_left(self) -> float:
        """Seconds until the next request may start; negative when it may start now."""
        return max(self._last + self.delay, self._rested) - self._clock()

    async def until_next(self) -> None:
        """Wait until the next request may start, as far as that is known now."""
        if (seconds := self.seconds_left()) > 0:
            await asyncio.sleep(seconds)

    def started(self) -> None:
        """Note that a request starts now."""
        self._last = self._clock()

    def rest(self, seconds: float) -> None:
        """Put the next start off; a longer rest that was asked for before stays."""
        self._rested = max(self._rested, self._clock() + seconds)
