"""Puts sitemaps that brought nothing together: ten thousand transactions for them would take too long."""

import asyncio
from collections.abc import AsyncGenerator

from sitemap_cli.crawl.fetched_sitemap import Sitemap
from sitemap_cli.services.recording.sitemap_rows import is_unread

MOST = 500
# How long something may be known and not yet recorded, in seconds.
SECONDS = 0.5


async def grouped(sitemaps: AsyncGenerator[Sitemap]) -> AsyncGenerator[list[Sitemap]]:
    """Yield each sitemap that brought something alone, and those between them in groups; keep the order.

    Close the generator before that of the sitemaps.
    """
    loop = asyncio.get_running_loop()
    group, until = list[Sitemap](), 0.0
    following = _following(sitemaps)
    try:
        while True:
            await asyncio.wait([following], timeout=until - loop.time() if group else None)
            arrived = following.done()
            sitemap = await following if arrived else None
            if group and (sitemap is None or len(group) == MOST or not is_unread(sitemap)):
                yield group
                group = []
            if not arrived:
                continue
            if sitemap is None:
                return
            if not is_unread(sitemap):
                yield [sitemap]
            else:
                until = until if group else loop.time() + SECONDS
                group.append(sitemap)
            following = _following(sitemaps)
    finally:
        # A generator cannot be closed while somebody waits for its next value.
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


def _following(sitemaps: AsyncGenerator[Sitemap]) -> asyncio.Task[Sitemap | None]:
    """Ask for the next one, which may be waited for again and again; None says that there is none."""

    async def asked() -> Sitemap | None:
        return await anext(sitemaps, None)

    return asyncio.create_task(asked())
