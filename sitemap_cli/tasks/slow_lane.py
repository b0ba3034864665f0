"""So many pieces of work at once, and room beside them for those that turn out to be slow."""

import asyncio
from collections import deque

# What takes longer may be slow: a healthy site of some sitemaps is done by then.
PATIENCE = 5.0
# So many times as long as the quickest quarter took: when all of them are slow, that is our own doing.
TIMES = 4
REMEMBERED = 64
FEW = 8


class SlotPool:
    """Room for ``width`` pieces of work; what is slow moves aside, while there is room, and makes place.

    So domains that answer nothing for minutes keep nobody waiting but themselves.

    Args:
        width: pieces of work at once.
        aside: how many slow ones may be under way beside them.
        patience: seconds after which work is slow, if others take less.
    """

    def __init__(self, width: int, aside: int, slow_after: float = PATIENCE) -> None:
        self.room = asyncio.Semaphore(width)
        self.aside = asyncio.Semaphore(aside)
        self._patience = slow_after
        self._took: deque[float] = deque(maxlen=REMEMBERED)

    async def acquire_slot(self) -> "Slot":
        """Wait for room for one more."""
        await self.room.acquire()
        return Slot(self)

    @property
    def patience(self) -> float:
        """Seconds after which work is slow."""
        if len(self._took) < FEW:
            return self._patience
        return max(self._patience, TIMES * sorted(self._took)[len(self._took) // 4])

    def record_duration(self, seconds: float) -> None:
        """Note how long a piece of work took."""
        self._took.append(seconds)


class Slot:
    """The room of one piece of work, to be left at its end."""

    def __init__(self, lanes: SlotPool) -> None:
        self._lanes = lanes
        self._held = lanes.room
        self._clock = asyncio.get_running_loop().time
        self._began = self._clock()
        self._moving = asyncio.create_task(self._move_aside())

    def release(self) -> None:
        """Make room for another."""
        self._moving.cancel()
        self._held.release()
        self._lanes.record_duration(self._clock() - self._began)

    async def _move_aside(self) -> None:
        # Meanwhile the others may tell that it is not this one that is slow.
        while (left := self._began + self._lanes.patience - self._clock()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(left)
        await self._lanes.aside.acquire()
        self._held.release()
        self._held = self._lanes.aside
