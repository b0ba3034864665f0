"""The fetched sitemaps that wait for the consumer of a crawl."""

import asyncio
from collections.abc import AsyncGenerator
from enum import Enum, auto

from sitemap_cli.crawl.fetched_sitemap import FetchedSitemap

# Fetched sitemaps that may wait for the consumer while all workers are busy.
MAX_WAITING = 4


class _Signal(Enum):
    """What passes through the queue besides sitemaps."""

    END = auto()
    REMINDER = auto()


class DeliveryQueue:
    """Passes sitemaps to one consumer, which finishes each of them, and releases their bodies.

    The queue has no bound, so that no fetched body is ever lost; workers take ``room`` before they fetch.

    Args:
        workers: the number of workers that may hold a sitemap each.
    """

    def __init__(self, workers: int) -> None:
        self.room = asyncio.Semaphore(workers + MAX_WAITING)
        self._ready: asyncio.Queue[FetchedSitemap | _Signal] = asyncio.Queue()
        self._unfinished: dict[int, FetchedSitemap] = {}
        self._reminder: asyncio.TimerHandle | None = None

    def put(self, sitemap: FetchedSitemap) -> None:
        """Deliver a sitemap."""
        self._ready.put_nowait(sitemap)

    def end(self) -> None:
        """End the delivery after what was put."""
        self._ready.put_nowait(_Signal.END)

    def remind_at(self, when: float) -> None:
        """Let the iteration yield None at this time of the event loop, if nothing else."""
        loop = asyncio.get_running_loop()
        self._reminder = loop.call_at(when, self._ready.put_nowait, _Signal.REMINDER)

    async def iterate(self) -> AsyncGenerator[FetchedSitemap | None]:
        """Yield each sitemap, and None at the times of :meth:`remind_at`."""
        while (sitemap := await self._ready.get()) is not _Signal.END:
            if isinstance(sitemap, _Signal):
                yield None
                continue
            self._unfinished[id(sitemap)] = sitemap
            yield sitemap

    def finish(self, sitemap: FetchedSitemap) -> None:
        """Release the body of a delivered sitemap, and make room for another one."""
        del self._unfinished[id(sitemap)]
        sitemap.release()
        self.room.release()

    def release(self) -> None:
        """Release the bodies that were not delivered, and those that the consumer did not finish."""
        if self._reminder is not None:
            self._reminder.cancel()
        while not self._ready.empty():
            if not isinstance(sitemap := self._ready.get_nowait(), _Signal):
                sitemap.release()
        while self._unfinished:
            self._unfinished.popitem()[1].release()
