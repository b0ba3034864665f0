"""The minimum speed of a body: bodies that arrive more slowly are given up."""

import asyncio

# As curl's --speed-time: https://curl.se/docs/manpage.html#-y
WINDOW = 10.0


class SpeedLimit:
    """A timeout that ends earlier when bytes arrive too slowly.

    From the first chunk on, a body earns one second for every ``floor`` bytes. After ten seconds it must have
    earned at least the time that has passed. So a body that began fast may pause, for as long as any server
    may send nothing, but a body that drips is given up. A small response comes in one chunk and is free.

    Args:
        floor: the minimum, in bytes per second; 0 disables the limit.
        pause: seconds that a server may send nothing; at most ten more can be earned in advance.
        timer: the timeout; it ends at the deadline of the whole document.
    """

    def __init__(self, floor: int, pause: float, timer: asyncio.Timeout) -> None:
        self._floor = floor
        self._pause = pause
        self._timer = timer
        self._end = timer.when()
        self._grace_end: float | None = None
        self._earned_until = 0.0

    @property
    def has_expired(self) -> bool:
        """Whether the timeout expired because the body was too slow."""
        return self._timer.expired() and self._timer.when() != self._end

    def count_bytes(self, size: int) -> None:
        """Record that ``size`` bytes arrived and more are expected."""
        if not self._floor:
            return
        now = asyncio.get_running_loop().time()
        if self._grace_end is None:  # the first chunk
            self._grace_end, self._earned_until = now + WINDOW, now
        self._earned_until = min(self._earned_until + size / self._floor, now + self._pause + WINDOW)
        self._reschedule(max(self._grace_end, self._earned_until))

    def stop_counting(self) -> None:
        """Restore the deadline: no more bytes are expected, but processing may still take time."""
        if self._grace_end is not None:
            self._reschedule(self._end)

    def _reschedule(self, end: float | None) -> None:
        ends = [each for each in (end, self._end) if each is not None]
        self._timer.reschedule(min(ends))
