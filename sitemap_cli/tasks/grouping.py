"""Group sitemaps that were not read, because ten thousand transactions for them would take too long."""

import asyncio
from collections.abc import AsyncGenerator

from sitemap_cli.aio import TimedBuffer
from sitemap_cli.crawl.fetched_sitemap import FetchedSitemap
from sitemap_cli.services.recording.sitemap_rows import is_unread

MAX_GROUP = 500
# Maximum time in seconds for which a sitemap waits to be recorded.
MAX_SECONDS = 0.5


async def group_unread(sitemaps: AsyncGenerator[FetchedSitemap]) -> AsyncGenerator[list[FetchedSitemap]]:
    """Yield each sitemap that was read alone, and the others between them in groups, in the same order.

    The caller must close this generator before ``sitemaps``.
    """
    group = TimedBuffer[FetchedSitemap](MAX_GROUP, MAX_SECONDS)
    following = _request_next(sitemaps)
    try:
        while True:
            await asyncio.wait([following], timeout=group.timeout)
            arrived = following.done()
            sitemap = await following if arrived else None
            if group.items and (sitemap is None or group.is_full or not is_unread(sitemap)):
                yield group.take()
            if not arrived:
                continue
            if sitemap is None:
                return
            if is_unread(sitemap):
                group.add(sitemap)
            else:
                yield [sitemap]
            following = _request_next(sitemaps)
    finally:
        # A generator cannot be closed while its next value is awaited.
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


def _request_next(sitemaps: AsyncGenerator[FetchedSitemap]) -> asyncio.Task[FetchedSitemap | None]:
    """Start a task that returns the next sitemap; None at the end.

    Unlike a coroutine, a task can be awaited several times with a timeout.
    """

    async def receive() -> FetchedSitemap | None:
        return await anext(sitemaps, None)

    return asyncio.create_task(receive())
