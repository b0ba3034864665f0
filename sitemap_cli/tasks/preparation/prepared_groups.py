"""Lets large documents be read in other processes while those before them are recorded."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from sitemap_cli.aio import uncancelled
from sitemap_cli.crawl.fetched_sitemap import FetchedSitemap
from sitemap_cli.crawl.prepared_document import PreparedDocument
from sitemap_cli.progress import Progress
from sitemap_cli.services.recording import document_store
from sitemap_cli.services.recording.arrived_sitemap import ArrivedSitemap
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks.preparation.preparer import DocumentPreparer

AHEAD = 1
"""Groups that may wait to be recorded, with their rows in memory, in addition to those being read."""


class SitemapGroup(NamedTuple):
    """Sitemaps to record in one transaction: some small ones in the order of their arrival, or a large one.

    ``is_last`` says that the crawl has ended, so that the end of the job may be recorded with them.
    ``prepared`` is the document of a large one if that was read already.
    """

    sitemaps: Sequence[ArrivedSitemap]
    is_last: bool = False
    prepared: PreparedDocument | None = None


class PreparedGroups:
    """Groups of sitemaps in the order in which they arrive, large ones with their document prepared.

    Args:
        db: the database in which they will be recorded.
        tenant: the tenant of the job.
        preparer: the processes.
        progress: the number of sitemaps that were found and fetched.
        reserve_time: called for a sitemap right before it is read.
    """

    def __init__(
        self,
        db: Database,
        tenant: str,
        preparer: DocumentPreparer,
        progress: Progress,
        reserve_time: Callable[[FetchedSitemap], None],
    ) -> None:
        self._db = db
        self._tenant = tenant
        self._preparer = preparer
        self._progress = progress
        self._reserve_time = reserve_time
        self._room = asyncio.Semaphore(preparer.size + AHEAD)
        self._ready: asyncio.Queue[SitemapGroup | asyncio.Task[SitemapGroup] | None] = asyncio.Queue()
        self._preparing = set[asyncio.Task[SitemapGroup]]()

    @asynccontextmanager
    async def prepare(
        self, groups: AsyncGenerator[SitemapGroup]
    ) -> AsyncIterator[AsyncIterator[SitemapGroup]]:
        """Give an iterator over the groups; the caller leaves the block before closing ``groups``."""
        if not self._preparer.size:
            yield self._pass_on(groups)
            return
        producer = asyncio.create_task(self._prepare_ahead(groups))
        try:
            yield self._iterate_ready(producer)
        finally:
            tasks = producer, *self._preparing
            for each in tasks:
                each.cancel()
            await uncancelled(_wait_for(tasks))

    async def _pass_on(self, groups: AsyncIterator[SitemapGroup]) -> AsyncGenerator[SitemapGroup]:
        async for group in groups:
            self._reserve_time(group.sitemaps[0].sitemap)
            yield group

    async def _iterate_ready(self, producer: asyncio.Task[None]) -> AsyncGenerator[SitemapGroup]:
        while (item := await self._ready.get()) is not None:
            if isinstance(item, SitemapGroup):
                self._reserve_time(item.sitemaps[0].sitemap)
                yield item
            else:
                # A cancellation must not reach this one before all of them are cancelled.
                await asyncio.wait([item])
                self._preparing.discard(item)
                yield item.result()
            # Its rows are in memory until they are recorded.
            self._room.release()
        await producer

    async def _prepare_ahead(self, groups: AsyncIterator[SitemapGroup]) -> None:
        """Put the groups into the queue, and None at the end, even by an error."""
        try:
            async for group in groups:
                await self._room.acquire()
                first, expected = group.sitemaps[0], max(0, self._progress.found - self._progress.read)
                if not first.is_large or not self._preparer.accepts(first.sitemap, expected):
                    self._ready.put_nowait(group)
                    continue
                task = asyncio.create_task(self._prepare_group(group))
                self._preparing.add(task)
                self._ready.put_nowait(task)
        finally:
            self._ready.put_nowait(None)

    async def _prepare_group(self, group: SitemapGroup) -> SitemapGroup:
        """Let a large document be read, unless it is stored already."""
        sitemap = group.sitemaps[0].sitemap
        async with self._db.reading() as session:
            if await document_store.is_stored(session, self._tenant, sitemap):
                return group
        document_id = None
        if self._db.reserves_ids:
            async with self._db.transaction() as session:
                document_id = await document_store.reserve_document_id(session)
        self._reserve_time(sitemap)
        return group._replace(prepared=await self._preparer.prepare(sitemap, document_id))


async def _wait_for(tasks: Iterable[asyncio.Task[Any]]) -> None:
    await asyncio.gather(*tasks, return_exceptions=True)
