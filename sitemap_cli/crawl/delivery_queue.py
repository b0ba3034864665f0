"""The fetched sitemaps that wait for the consumer of a crawl."""

import asyncio
from collections.abc import AsyncGenerator

from sitemap_cli.crawl.fetched_sitemap import FetchedSitemap

# Fetched sitemaps that may wait for the consumer while all workers are busy.
MAX_WAITING = 4


class DeliveryQueue:
    """Passes sitemaps to one consumer, which finishes each of them, and releases their bodies.

    The queue has no bound, so that no fetched body is ever lost; workers take ``room`` before they fetch.

    Args:
        workers: the number of workers that may hold a sitemap each.
    """

    def __init__(self, workers: int) -> None:
        self.room = asyncio.Semaphore(workers + MAX_WAITING)
        self._ready: asyncio.Queue[FetchedSitemap | None] = asyncio.Queue()
        self._unfinished: dict[int, FetchedSitemap] = {}

    def put(self, sitemap: FetchedSitemap) -> None:
        """Deliver a sitemap."""
        self._ready.put_nowait(sitemap)

    def end(self) -> None:
        """End the delivery after what was put."""
        self._ready.put_nowait(None)

    async def iterate(self) -> AsyncGenerator[FetchedSitemap]:
        """Yield each sitemap."""
        while (sitemap := await self._ready.get()) is not None:
            self._unfinished[id(sitemap)] = sitemap
            yield sitemap

    def finish(self, sitemap: FetchedSitemap) -> None:
        """Release the body of a delivered sitemap, and make room for another one."""
        del self._unfinished[id(sitemap)]
        sitemap.release()
        self.room.release()

    def release(self) -> None:
        """Release the bodies that were not delivered, and those that the consumer did not finish."""
        while not self._ready.empty():
            if (sitemap := self._ready.get_nowait()) is not None:
                sitemap.release()
        while self._unfinished:
            self._unfinished.popitem()[1].release()
