"""Puts sitemaps that brought nothing together: ten thousand transactions for them would take too long."""

import asyncio
from collections.abc import AsyncGenerator

from sitemap_cli.aio import TimedBuffer
from sitemap_cli.crawl.fetched_sitemap import FetchedSitemap
from sitemap_cli.services.recording.sitemap_rows import is_unread

MOST = 500
# How long something may be known and not yet recorded, in seconds.
SECONDS = 0.5


async def group_unread(sitemaps: AsyncGenerator[FetchedSitemap]) -> AsyncGenerator[list[FetchedSitemap]]:
    """Yield each sitemap that brought something alone, and those between them in groups; keep the order.

    Close the generator before that of the sitemaps.
    """
    group = TimedBuffer[FetchedSitemap](MOST, SECONDS)
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
        # A generator cannot be closed while somebody waits for its next value.
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


def _request_next(sitemaps: AsyncGenerator[FetchedSitemap]) -> asyncio.Task[FetchedSitemap | None]:
    """Ask for the next one, which may be waited for again and again; None says that there is none."""

    async def asked() -> FetchedSitemap | None:
        return await anext(sitemaps, None)

    return asyncio.create_task(asked())
