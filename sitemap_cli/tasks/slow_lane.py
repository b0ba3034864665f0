"""A pool of slots for concurrent work, with extra slots for work that turns out to be slow."""

import asyncio
from collections import deque

# Seconds after which work may be slow: most healthy sites are finished by then.
MIN_SLOW_SECONDS = 2.0
# Work is slow if it takes this many times as long as the quickest quarter. If all work is slow, the cause is
# this machine or its connection.
SLOW_FACTOR = 4
# Number of recent durations to remember, and how many are needed to compare with.
REMEMBERED = 64
MIN_REMEMBERED = 8


class SlotPool:
    """A pool of ``size`` slots; slow work moves to one of ``slow_size`` extra slots and frees its own.

    So domains that do not respond for minutes do not block the others.

    Args:
        size: pieces of work at once.
        slow_size: slow pieces of work at once, in addition.
        min_slow_seconds: seconds after which work may be slow.
    """

    def __init__(self, size: int, slow_size: int, min_slow_seconds: float = MIN_SLOW_SECONDS) -> None:
        self.slots = asyncio.Semaphore(size)
        self.slow_slots = asyncio.Semaphore(slow_size)
        self._min_slow_seconds = min_slow_seconds
        self._durations: deque[float] = deque(maxlen=REMEMBERED)

    async def acquire_slot(self) -> "Slot":
        """Wait for a free slot and take it."""
        await self.slots.acquire()
        return Slot(self)

    async def acquire_slow_slot(self) -> "Slot":
        """Wait for a free extra slot and take it, for work that is known to be slow."""
        await self.slow_slots.acquire()
        return Slot(self, is_slow=True)

    @property
    def slow_seconds(self) -> float:
        """Seconds after which work is slow."""
        if len(self._durations) < MIN_REMEMBERED:
            return self._min_slow_seconds
        quick = sorted(self._durations)[len(self._durations) // 4]
        return max(self._min_slow_seconds, SLOW_FACTOR * quick)

    def record_duration(self, seconds: float) -> None:
        """Record how long a piece of work took."""
        self._durations.append(seconds)


class Slot:
    """The slot of one piece of work, to be released at its end."""

    def __init__(self, pool: SlotPool, *, is_slow: bool = False) -> None:
        self._pool = pool
        self._semaphore = pool.slow_slots if is_slow else pool.slots
        self._clock = asyncio.get_running_loop().time
        self._started_at = self._clock()
        self._moving = None if is_slow else asyncio.create_task(self._move_when_slow())

    def release(self) -> None:
        """Free the slot for other work."""
        if self._moving is not None:
            self._moving.cancel()
        self._semaphore.release()
        self._pool.record_duration(self._clock() - self._started_at)

    async def _move_when_slow(self) -> None:
        # The limit may change while this sleeps, when other work ends.
        while (left := self._started_at + self._pool.slow_seconds - self._clock()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(left)
        await self._pool.slow_slots.acquire()
        self._semaphore.release()
        self._semaphore = self._pool.slow_slots
