"""Crawls sitemaps: a bounded pool of workers fetches addresses, each once, and follows every index."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager

from sitemap_cli import urls
from sitemap_cli.crawl.fetched_sitemap import (
    MAX_CHILDREN,
    DiscoveredUrl,
    FetchedSitemap,
    build_unfetched,
    select_children,
)
from sitemap_cli.crawl.http_cache import HttpCache, NoCache
from sitemap_cli.crawl.requester import Requester
from sitemap_cli.crawl.verdicts import UrlOutcome
from sitemap_cli.errors import UsageError
from sitemap_cli.fetch.interface import Fetcher
from sitemap_cli.model.values import Child, DiscoveredBy, Fault, Kind
from sitemap_cli.progress import Progress
from sitemap_cli.redaction import redact_url
from sitemap_cli.settings import Settings

# Bodies that may wait for the consumer while every worker is busy with another one.
AHEAD = 4
# An address may be much longer, but not all of those that are kept while they wait.
USUAL_LENGTH = 512


class Frontier:
    """The pool; ``answers`` holds what unpromised addresses said, ``cuts`` what limits left out.

    ``stopped`` says that no further address will be asked. ``home`` is an address of the site that
    the user's own headers are for, ``memory`` what earlier runs know.

    Raises:
        UsageError: a pattern is no regular expression.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        settings: Settings,
        progress: Progress,
        home: str | None = None,
        memory: HttpCache | None = None,
    ) -> None:
        self.settings = settings
        self.progress = progress
        self.requester = Requester(fetcher, settings, progress, home, memory or NoCache())
        self.outcomes = list[UrlOutcome]()
        self.limits_reached: dict[str, Fault] = {}
        self._include = _patterns("--include", settings.include)
        self._exclude = _patterns("--exclude", settings.exclude)
        self._pending: asyncio.Queue[DiscoveredUrl] = asyncio.Queue()
        self._group: asyncio.TaskGroup | None = None
        self._workers = list[asyncio.Task[None]]()
        self._idle = 0
        self._unread: dict[str, DiscoveredUrl] = {}
        self._guesses: dict[str, asyncio.Event] = {}
        # Bodies that were fetched are never held up, and so never lost: what is bounded is their number.
        self._ready: asyncio.Queue[FetchedSitemap | None] = asyncio.Queue()
        self._room = asyncio.Semaphore(settings.concurrency + AHEAD)
        self._seen: set[str] = set()
        self._read: set[str | bytes] = set()
        self._promised = 0
        self._characters = 0
        self._readable = 0
        self.stopped = False
        self._finished = False

    @asynccontextmanager
    async def run_workers(self) -> AsyncIterator[None]:
        """Have the workers at hand; what one of them raises ends the block, in an ``ExceptionGroup``."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            yield
            for worker in self._workers:
                worker.cancel()

    async def crawl_urls(self, urls: Iterable[str], by: DiscoveredBy, *, promised: bool = True) -> int:
        """Read these addresses and all that they list; return how many sitemaps were readable."""
        before = self._readable
        for ordinal, url in enumerate(urls):
            self._add(DiscoveredUrl(redact_url(url), by, promised, ordinal=ordinal))
        await self._pending.join()
        return self._readable - before

    async def deliver_sitemaps(self) -> AsyncGenerator[FetchedSitemap]:
        """Yield each sitemap once its body is here; asking for the next says that this one is done."""
        while (sitemap := await self._ready.get()) is not None:
            try:
                yield sitemap
            finally:
                sitemap.release()
            self._room.release()
            if not self._finished:
                self._follow(sitemap, sitemap.children)
                self._pending.task_done()

    def add_limit(self, reason: str, message: str) -> None:
        """Note that a limit left something out; the first note of each reason is kept."""
        self.limits_reached.setdefault(reason, Fault(reason, message))

    def stop(self, reason: str, message: str) -> None:
        """Begin no further sitemap; what is in flight is still delivered."""
        self.add_limit(reason, message)
        for found in self._dismissed():
            self._settle(found)

    def expire(self, fault: Fault) -> None:
        """The time is over: begin nothing more. What has not begun is told at the end, with this fault."""
        self.add_limit(fault.reason, fault.message)
        for found in self._dismissed():
            self._judged(found)

    def _dismissed(self) -> Iterator[DiscoveredUrl]:
        """What waits to be asked, and will not be."""
        self.stopped = True
        while not self._pending.empty():
            yield self._pending.get_nowait()
            self._pending.task_done()

    def finish_delivery(self, fault: Fault | None) -> None:
        """Deliver what was promised and not read, with the fault that prevented it, and end the delivery."""
        self._finished = True
        for found in self._unread.values() if fault else ():
            sitemap = build_unfetched(found, fault)
            if found.promised:
                self._ready.put_nowait(sitemap)
            else:
                self.outcomes.append(sitemap.to_outcome())
        self._ready.put_nowait(None)

    async def close(self) -> None:
        """Give back what nobody came for."""
        while not self._ready.empty():
            if (sitemap := self._ready.get_nowait()) is not None:
                sitemap.release()
        await self.requester.robots.close()

    async def _work(self) -> None:
        while True:
            await self._room.acquire()
            found = await self._pending.get()
            self._idle -= 1
            sitemap = await self._visit(found)
            self._settle(found)
            if sitemap is not None:
                self._ready.put_nowait(sitemap)
            else:
                self._room.release()
                self._pending.task_done()
            self._idle += 1

    def _settle(self, found: DiscoveredUrl) -> None:
        """An address has been dealt with, one way or another."""
        self._unread.pop(found.url, None)
        self._judged(found)

    def _judged(self, found: DiscoveredUrl) -> None:
        """Nobody need wait any longer for what a guess will turn out to be."""
        if judged := self._guesses.pop(found.url, None):
            judged.set()

    async def _visit(self, found: DiscoveredUrl) -> FetchedSitemap | None:
        """Fetch one address and find out what it is; None when there is nothing to tell."""
        sitemap = await self.requester.fetch_sitemap(found)
        try:
            await self._turn(found)
            if not self._counts(sitemap):
                sitemap.release()
                return None
            if sitemap.kind is Kind.INDEX:
                await self._read_index(sitemap)
        except BaseException:
            sitemap.release()
            raise
        return sitemap

    async def _turn(self, found: DiscoveredUrl) -> None:
        """Wait for the guesses before this one: of two names of a sitemap the likelier one counts."""
        for url, judged in list(self._guesses.items()) if not found.promised else ():
            if url == found.url:
                return
            await judged.wait()

    def _counts(self, sitemap: FetchedSitemap) -> bool:
        """Count a sitemap in, unless it is a guess that was wrong or that led to one we have."""
        final, digest = urls.canonical_url(sitemap.response.final_url), sitemap.digest
        names: set[str | bytes] = {final} if digest is None else {final, digest}
        if not sitemap.discovered.promised and not sitemap.is_readable:
            self.outcomes.append(sitemap.to_outcome())
            return False
        if not sitemap.discovered.promised and not self._read.isdisjoint(names):
            return False
        if sitemap.is_readable:
            self._read |= names
        self._seen.add(final)
        self._readable += sitemap.is_readable
        self.progress.read += 1
        self.progress.bytes += sitemap.response.bytes
        return True

    async def _read_index(self, index: FetchedSitemap) -> None:
        """Queue the children of an index before it is delivered, so that they are fetched meanwhile."""
        if index.cached is not None:
            self._follow(index, await self.requester.memory.load_children(index.cached))
            return
        listed = 0
        for batch in index.read_batches():
            found = select_children(batch)
            if not self._follow(index, found, listed):
                return
            listed += len(found)
            await asyncio.sleep(0)

    def _follow(self, parent: FetchedSitemap, listed: Sequence[Child], first: int = 0) -> bool:
        """Queue what a document lists, from its ``first`` on; return whether there is room for more."""
        for ordinal, child in enumerate(listed, start=first):
            if ordinal >= MAX_CHILDREN:
                self.add_limit(
                    "index-too-many", f"only the first {MAX_CHILDREN:,} sitemaps of an index are read"
                )
                return False
            if not self._wanted(child.loc):
                continue
            if not self._add(parent.discovered.build_child(redact_url(child.loc), ordinal, child.lastmod)):
                return False
        return True

    def _wanted(self, url: str) -> bool:
        included = not self._include or any(each.search(url) for each in self._include)
        return included and not any(each.search(url) for each in self._exclude)

    def _add(self, found: DiscoveredUrl) -> bool:
        """Queue an address, once; return whether the limits allow to queue more like it."""
        key = urls.canonical_url(found.url)
        if self.stopped:
            return False
        if key in self._seen:
            return True
        if found.depth > self.settings.max_depth:
            self.add_limit("index-depth", f"indexes are nested deeper than {self.settings.max_depth}")
            return False
        if found.promised and self._promised >= self.settings.max_sitemaps:
            self.add_limit("max-sitemaps", f"only {self.settings.max_sitemaps:,} sitemaps of a site are read")
            return False
        if self._characters + len(found.url) > self.settings.max_sitemaps * USUAL_LENGTH:
            self.add_limit(
                "url-too-long", f"the addresses of its sitemaps are longer than {USUAL_LENGTH} characters"
            )
            return False
        self._characters += len(found.url)
        self._promised += found.promised
        self.progress.found += found.promised
        self._seen.add(key)
        self._unread[found.url] = found
        if not found.promised:
            self._guesses[found.url] = asyncio.Event()
        self._pending.put_nowait(found)
        self._hire()
        return True

    def _hire(self) -> None:
        """Have as many workers as there is work for; most sites need two or three."""
        busy = self._idle < self._pending.qsize()
        if busy and self._group is not None and len(self._workers) < self.settings.concurrency:
            self._idle += 1
            self._workers.append(self._group.create_task(self._work()))


def _patterns(option: str, patterns: Iterable[str]) -> list[re.Pattern[str]]:
    try:
        return [re.compile(each) for each in patterns]
    except re.error as error:
        raise UsageError("not a regular expression", where=option, why=str(error)) from error
