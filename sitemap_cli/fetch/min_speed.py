"""The least speed of a body: what comes slower than that for too long is given up."""

import asyncio

# As curl's --speed-time: https://curl.se/docs/manpage.html#-y
WINDOW = 10.0


class SpeedLimit:
    """Brings the end of a timeout forward when bytes come too slowly.

    From the first part on, a body earns a second with every ``floor`` bytes; ten seconds later it must
    have earned as many as have passed, and from then on ever more. So what came fast may pause, as long as
    a server may be silent at all; what drips may not. A small answer comes in one part, and costs nothing.

    Args:
        floor: bytes a second; 0 lets everything pass.
        pause: how many seconds a server may be silent; at most ten more can be saved up.
        timer: the timeout, with the deadline of the whole document as its end.
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
        """Whether the timeout expired for this reason."""
        return self._timer.expired() and self._timer.when() != self._end

    def count_bytes(self, size: int) -> None:
        """So many bytes have come, and more are expected."""
        if not self._floor:
            return
        now = asyncio.get_running_loop().time()
        if self._grace_end is None:
            self._grace_end, self._earned_until = now + WINDOW, now
        self._earned_until = min(self._earned_until + size / self._floor, now + self._pause + WINDOW)
        self._reschedule(max(self._grace_end, self._earned_until))

    def stop_counting(self) -> None:
        """Nothing more is expected; what is left to do has the time until the deadline."""
        if self._grace_end is not None:
            self._reschedule(self._end)

    def _reschedule(self, end: float | None) -> None:
        ends = [each for each in (end, self._end) if each is not None]
        self._timer.reschedule(min(ends))
