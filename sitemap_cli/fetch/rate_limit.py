"""How many requests run at once, and how far apart they start: in all, and for each host."""

import asyncio
import math
from collections import OrderedDict

MAX_QUEUES = 10_000


class RateLimiter:
    """Lets requests start when their host, and the program as a whole, have room for one more.

    Args:
        concurrency: requests at once in all.
        per_host: requests at once to one host and port.
        delay: seconds between the starts of two requests to one host and port.
    """

    def __init__(self, *, concurrency: int, per_host: int, delay: float) -> None:
        self._total_slots = asyncio.Semaphore(concurrency)
        self._per_host = per_host
        self._delay = delay
        self._queues: OrderedDict[str, _HostQueue] = OrderedDict()

    async def acquire(self, host: str, delay: float = 0.0, least: float = 0.0) -> "Permit":
        """Wait until a request to this ``host:port`` may start; it lasts as long as the turn is entered.

        ``delay`` is what the host itself wants between two starts, 0 where nobody knows it: then what
        was last known of it holds. ``least`` is what the user wants for it.
        """
        lane = self._get_queue(host)
        lane.delay = max(delay or lane.delay, self._delay, least)
        lane.users += 1
        try:
            # The host first: whoever waits for a slow host must not keep others from theirs.
            await lane.slots.acquire()
            try:
                await self._wait_for_start(lane)
            except BaseException:
                lane.slots.release()
                raise
        except BaseException:
            lane.users -= 1
            raise
        return Permit(self._total_slots, lane)

    def pause_host(self, host: str, seconds: float) -> None:
        """Start nothing at this ``host:port`` for so long; what waits for it keeps nobody else waiting."""
        self._get_queue(host).pause(seconds)

    async def _wait_for_start(self, lane: "_HostQueue") -> None:
        """Wait for the next starting time of the host, then for room among everybody."""
        if lane.is_open() and not self._total_slots.locked():
            await self._total_slots.acquire()
            lane.mark_started()
            return
        async with lane.start_lock:
            while True:
                await lane.wait_until_free()
                await self._total_slots.acquire()
                # The host may have asked for a rest meanwhile.
                if lane.seconds_left() <= 0:
                    break
                self._total_slots.release()
            lane.mark_started()

    def _get_queue(self, host: str) -> "_HostQueue":
        """The lane of a host; those unused for longest are forgotten when there are too many."""
        lane = self._queues.get(host)
        if lane is None:
            lane = self._queues[host] = _HostQueue(self._per_host, self._delay)
        self._queues.move_to_end(host)
        while len(self._queues) > MAX_QUEUES and (idle := self._find_longest_idle()) is not None:
            del self._queues[idle]
        return lane

    def _find_longest_idle(self) -> str | None:
        return next((host for host, lane in self._queues.items() if lane.is_idle()), None)


class Permit:
    """One request that may start now; room for the next one is made at the end of the block."""

    __slots__ = ("_queue", "_total_slots")

    def __init__(self, everybody: asyncio.Semaphore, lane: "_HostQueue") -> None:
        self._total_slots = everybody
        self._queue = lane

    def __enter__(self) -> None:
        """Nothing is left to wait for."""

    def __exit__(self, *_: object) -> None:
        self._total_slots.release()
        self._queue.slots.release()
        self._queue.users -= 1


class _HostQueue:
    """The requests to one host."""

    def __init__(self, per_host: int, delay: float) -> None:
        self.slots = asyncio.Semaphore(per_host)
        self.start_lock = asyncio.Lock()
        self.users = 0
        self.delay = delay
        self._clock = asyncio.get_running_loop().time
        self._last_start = -math.inf
        self._paused_until = -math.inf

    def is_idle(self) -> bool:
        """Whether a new lane would do as well."""
        return self.users == 0 and self.seconds_left() <= 0

    def is_open(self) -> bool:
        """Whether a request may start now, and nobody else waits to be the next."""
        return not self.start_lock.locked() and self.seconds_left() <= 0

    def seconds_left(self) -> float:
        """Seconds until the next request may start; negative when it may start now."""
        return max(self._last_start + self.delay, self._paused_until) - self._clock()

    async def wait_until_free(self) -> None:
        """Wait until the next request may start, as far as that is known now."""
        if (seconds := self.seconds_left()) > 0:
            await asyncio.sleep(seconds)

    def mark_started(self) -> None:
        """Note that a request starts now."""
        self._last_start = self._clock()

    def pause(self, seconds: float) -> None:
        """Put the next start off; a longer rest that was asked for before stays."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)
