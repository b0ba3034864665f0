"""Rate limits: how many requests run at once, and how far apart they start, in total and per host."""

import asyncio
import logging
import math
from collections import OrderedDict
from collections.abc import Callable

from sitemap_cli.events import log_event

log = logging.getLogger(__name__)

MAX_QUEUES = 10_000


class RateLimiter:
    """The limits for all requests: one starts when its host and the whole program have a free slot.

    Args:
        concurrency: requests at once in total.
        per_host: requests at once per host and port.
        delay: seconds between the starts of two requests to one host and port.
        count_processes: returns how many processes may request a host at the same time; each of them keeps
            to its share of the limits.
    """

    def __init__(
        self,
        *,
        concurrency: int,
        per_host: int,
        delay: float,
        count_processes: Callable[[str], int] = lambda _host: 1,
    ) -> None:
        self._total_slots = asyncio.Semaphore(concurrency)
        self._per_host = per_host
        self._delay = delay
        self._count_processes = count_processes
        self._queues: OrderedDict[str, _HostQueue] = OrderedDict()

    async def acquire(self, host: str, delay: float = 0.0, least: float = 0.0) -> "Permit":
        """Wait until a request to this ``host:port`` may start, and return the permit to hold while it runs.

        Args:
            host: the host and port.
            delay: seconds between two starts that the host requests; 0 keeps the last known value.
            least: seconds between two starts that the user requests for this host.
        """
        queue = self._get_queue(host)
        queue.delay = max(delay or queue.delay, self._delay, least)
        queue.users += 1
        try:
            # Acquire the slot of the host first, so that requests to a slow host do not use up shared slots.
            await queue.slots.acquire()
            try:
                await self._wait_for_start(queue)
            except BaseException:
                queue.slots.release()
                raise
        except BaseException:
            queue.users -= 1
            raise
        return Permit(self._total_slots, queue)

    def pause_host(self, host: str, seconds: float) -> None:
        """Start no request to this ``host:port`` for some seconds; this does not block other hosts."""
        self._get_queue(host).pause(seconds)

    async def _wait_for_start(self, queue: "_HostQueue") -> None:
        """Wait for the next start time of the host, then for one of the slots that all hosts share."""
        if queue.is_open() and not self._total_slots.locked():
            await self._total_slots.acquire()
            queue.mark_started()
            return
        async with queue.start_lock:
            while True:
                await queue.wait_until_free()
                await self._total_slots.acquire()
                # The host may have been paused meanwhile.
                if queue.seconds_left() <= 0:
                    break
                self._total_slots.release()
            queue.mark_started()

    def _get_queue(self, host: str) -> "_HostQueue":
        """Return the queue of a host; when there are too many, forget the ones that are idle for longest."""
        queue = self._queues.get(host)
        if queue is None:
            processes = self._count_processes(host)
            queue = self._queues[host] = _HostQueue(host, self._per_host, self._delay, processes)
        self._queues.move_to_end(host)
        while len(self._queues) > MAX_QUEUES and (idle := self._find_longest_idle()) is not None:
            del self._queues[idle]
        return queue

    def _find_longest_idle(self) -> str | None:
        return next((host for host, queue in self._queues.items() if queue.is_idle()), None)


class Permit:
    """The permission for one request that may start now; leaving the block frees its slots."""

    __slots__ = ("_queue", "_total_slots")

    def __init__(self, total_slots: asyncio.Semaphore, queue: "_HostQueue") -> None:
        self._total_slots = total_slots
        self._queue = queue

    def __enter__(self) -> None:
        """Enter the block; the permit has been waited for already."""

    def __exit__(self, *_: object) -> None:
        self._total_slots.release()
        self._queue.slots.release()
        self._queue.users -= 1


class _HostQueue:
    """The requests of this process to one host, which ``processes`` may request."""

    def __init__(self, host: str, per_host: int, delay: float, processes: int) -> None:
        self._host = host
        self._processes = processes
        self.slots = asyncio.Semaphore(max(1, per_host // processes))
        self.start_lock = asyncio.Lock()
        self.users = 0
        self.delay = delay
        self._clock = asyncio.get_running_loop().time
        self._last_start = -math.inf
        self._paused_until = -math.inf

    def is_idle(self) -> bool:
        """Return whether a new queue would behave the same."""
        return self.users == 0 and self.seconds_left() <= 0

    def is_open(self) -> bool:
        """Return whether a request may start now, and no other request waits to start."""
        return not self.start_lock.locked() and self.seconds_left() <= 0

    def seconds_left(self) -> float:
        """Return the seconds until the next request may start; negative when it may start now."""
        return max(self._last_start + self.delay * self._processes, self._paused_until) - self._clock()

    async def wait_until_free(self) -> None:
        """Wait until the next request may start, as far as is known now."""
        if (seconds := self.seconds_left()) > 0:
            if log.isEnabledFor(logging.DEBUG):
                self._log_wait(seconds)
            await asyncio.sleep(seconds)

    def _log_wait(self, seconds: float) -> None:
        delay = self.delay * self._processes
        is_pause = self._paused_until > self._last_start + delay
        reason = "the host requested a pause" if is_pause else f"a delay of {delay:g} s between requests"
        message = f"wait {seconds:.1f} s for {self._host}: {reason}"
        fields = {
            "host": self._host,
            "seconds": round(seconds, 3),
            "reason": "pause" if is_pause else "delay",
        }
        log_event(log, logging.DEBUG, "wait", message, **fields)

    def mark_started(self) -> None:
        """Record that a request starts now."""
        self._last_start = self._clock()

    def pause(self, seconds: float) -> None:
        """Postpone the next start; a longer pause that was set before stays."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)
