"""The queue of sitemap URLs and its workers: each URL is fetched once, and indexes are followed."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager

from sitemap_cli import urls
from sitemap_cli.crawl.crawl_context import CrawlContext
from sitemap_cli.crawl.crawl_limits import CrawlLimits
from sitemap_cli.crawl.delivery_queue import DeliveryQueue
from sitemap_cli.crawl.document_reading import MAX_CHILDREN
from sitemap_cli.crawl.feed_pages import find_next_page
from sitemap_cli.crawl.fetched_sitemap import (
    DiscoveredUrl,
    FetchedSitemap,
    build_unfetched,
)
from sitemap_cli.crawl.guess_order import GuessOrder
from sitemap_cli.crawl.http_cache import HttpCache
from sitemap_cli.crawl.postponed_urls import PostponedUrls
from sitemap_cli.crawl.read_sitemaps import ReadSitemaps
from sitemap_cli.crawl.sitemap_requester import SitemapRequester
from sitemap_cli.crawl.url_filter import UrlFilter
from sitemap_cli.model.values import Child, DiscoveredBy, Fault
from sitemap_cli.progress import Progress
from sitemap_cli.redaction import redact_url


class Frontier:
    """Fetches the URLs in its queue concurrently, and delivers the sitemaps to one consumer.

    ``is_stopped`` says that no other URL will be requested. The owner releases the ``delivery``.

    Raises:
        UsageError: a pattern in the settings is no regular expression.
    """

    def __init__(self, context: CrawlContext, progress: Progress, cache: HttpCache) -> None:
        self.is_stopped = self._is_finished = False
        self._report = context.report
        self._progress = progress
        self._requester = SitemapRequester(context, cache)
        self._filter = UrlFilter(context.settings)
        self._limits = CrawlLimits(context.settings, context.report)
        self._guesses = GuessOrder()
        self._postponed = PostponedUrls(context.requester.hosts)
        self._pending: asyncio.Queue[DiscoveredUrl] = asyncio.Queue()
        self._unread: dict[str, DiscoveredUrl] = {}
        self._max_workers = context.settings.concurrency
        self._group: asyncio.TaskGroup | None = None
        self._workers = list[asyncio.Task[None]]()
        self._idle = 0
        self.delivery = DeliveryQueue(context.settings.concurrency)
        self.read = ReadSitemaps()

    @asynccontextmanager
    async def run_workers(self) -> AsyncIterator[None]:
        """Run workers during the block; an exception in one of them ends it with an ``ExceptionGroup``."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                yield
            finally:
                self._group = None
                while self._workers:
                    self._workers.pop().cancel()

    async def crawl_urls(self, listed: Iterable[str], by: DiscoveredBy, *, promised: bool = True) -> int:
        """Read URLs and all sitemaps below them; return the number of readable sitemaps."""
        previous = self.read.count
        for ordinal, url in enumerate(listed):
            self._queue_url(DiscoveredUrl(redact_url(url), by, promised, ordinal=ordinal))
        await self._pending.join()
        while self._queue_postponed():
            await self._pending.join()
        return self.read.count - previous

    def narrow(self, scope: str) -> None:
        """Read the sitemaps that are fetched from now on for a part of the site alone."""
        self._requester.narrow(scope)

    def finish_sitemap(self, sitemap: FetchedSitemap, children: Sequence[Child]) -> None:
        """Release a delivered sitemap, and follow the sitemaps that it lists."""
        self.delivery.finish(sitemap)
        if not self._is_finished:
            self._queue_children(sitemap, children)
            self._pending.task_done()

    def stop(self, reason: str, message: str) -> None:
        """Begin no other sitemap because of a limit; what is in flight is still delivered."""
        self._report.add_limit(reason, message)
        self._postponed.clear()
        for discovered in self._drop_pending():
            self._settle(discovered)

    def expire(self, fault: Fault) -> None:
        """Begin no other sitemap after the deadline; the rest is reported with this fault at the end."""
        self._report.add_limit(fault.reason, fault.message)
        for discovered in self._drop_pending():
            self._guesses.settle(discovered)

    def finish_delivery(self, fault: Fault | None) -> None:
        """Deliver the promised URLs that were not read, with the fault that prevented it, and end."""
        self._is_finished = True
        for discovered in (*self._unread.values(), *self._postponed.clear()) if fault else ():
            sitemap = build_unfetched(discovered, fault)
            if discovered.promised:
                self.delivery.put(sitemap)
            else:
                self._report.outcomes.append(sitemap.to_outcome())
        self.delivery.end()

    def _drop_pending(self) -> Iterator[DiscoveredUrl]:
        """Empty the queue for good, and yield what was in it."""
        self.is_stopped = True
        while not self._pending.empty():
            yield self._pending.get_nowait()
            self._pending.task_done()

    def _settle(self, discovered: DiscoveredUrl) -> None:
        """Mark a URL as done."""
        self._unread.pop(discovered.url, None)
        self._guesses.settle(discovered)

    async def _run_worker(self) -> None:
        while True:
            await self.delivery.room.acquire()
            discovered = await self._pending.get()
            self._idle -= 1
            sitemap = await self._fetch_sitemap(discovered)
            self._settle(discovered)
            if sitemap is not None:
                self.delivery.put(sitemap)
            else:
                self.delivery.room.release()
                self._pending.task_done()
            self._idle += 1

    async def _fetch_sitemap(self, discovered: DiscoveredUrl) -> FetchedSitemap | None:
        """Fetch one URL; return None if there is nothing to deliver."""
        sitemap = await self._requester.fetch_sitemap(discovered)
        if not self.is_stopped and self._postponed.add(sitemap):
            return None
        try:
            await self._guesses.wait_for_likelier(discovered)
            is_repeated = self.read.has_content(sitemap)
            if not self._count_in(sitemap):
                sitemap.release()
                return None
            if not is_repeated and (next_page := find_next_page(sitemap, self._report)):
                self._queue_url(next_page)
        except BaseException:
            sitemap.release()
            raise
        return sitemap

    def _count_in(self, sitemap: FetchedSitemap) -> bool:
        """Count a sitemap; return False for a guess that is no sitemap, or one that was read already."""
        if not sitemap.is_worth_reporting:
            self._report.outcomes.append(sitemap.to_outcome())
            return False
        if not self.read.add(sitemap):
            return False
        self._limits.mark_seen(urls.canonical_url(sitemap.response.final_url))
        self._progress.read += 1
        self._progress.bytes += sitemap.response.bytes
        return True

    def _queue_children(self, parent: FetchedSitemap, children: Sequence[Child]) -> None:
        """Queue the sitemaps that a document lists, as far as the limits allow."""
        for ordinal, child in enumerate(children):
            if ordinal >= MAX_CHILDREN:
                message = f"only the first {MAX_CHILDREN:,} sitemaps of an index are read"
                self._report.add_limit("index-too-many", message)
                return
            if self._filter.is_included(child.loc):
                url = redact_url(child.loc)
                if not self._queue_url(parent.discovered.build_child(url, ordinal, child.lastmod)):
                    return

    def _queue_postponed(self) -> bool:
        """Queue what was postponed, or a sample of it; return whether there was something."""
        postponed = list(self._postponed.take_next())
        for discovered in postponed:
            self._unread[discovered.url] = discovered
            self._pending.put_nowait(discovered)
            self._start_worker()
        return bool(postponed)

    def _queue_url(self, discovered: DiscoveredUrl) -> bool:
        """Queue a URL, unless it was queued before; return whether the limits allow more like it."""
        if self.is_stopped:
            return False
        key = urls.canonical_url(discovered.url)
        if self._limits.is_seen(key):
            return True
        if not self._limits.accept(discovered, key):
            return False
        if discovered.promised:
            self._progress.found += 1
        self._unread[discovered.url] = discovered
        self._guesses.add(discovered)
        self._pending.put_nowait(discovered)
        self._start_worker()
        return True

    def _start_worker(self) -> None:
        """Start another worker if there is work for it; most sites need two or three."""
        is_needed = self._idle < self._pending.qsize()
        if is_needed and self._group is not None and len(self._workers) < self._max_workers:
            self._idle += 1
            self._workers.append(self._group.create_task(self._run_worker()))
