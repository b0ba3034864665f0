"""Crawls sitemaps: a bounded pool of workers fetches addresses, each once, and follows every index."""

import asyncio
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import asynccontextmanager

from sitemap_cli.errors import UsageError
from sitemap_cli.fetch.address import without_userinfo
from sitemap_cli.fetch.fetcher import Fetched, Fetcher, Purpose, Request
from sitemap_cli.model import DiscoveredBy, Fault, Kind, Progress
from sitemap_cli.services import addresses
from sitemap_cli.services.hosts import Hosts
from sitemap_cli.services.robots import RobotsFiles
from sitemap_cli.services.sitemap import MAX_CHILDREN, Found, Sitemap, children, fetched_as, unfetched
from sitemap_cli.services.verdicts import Answer
from sitemap_cli.settings import Settings

# Bodies that may wait for the consumer while every worker is busy with another one.
AHEAD = 4


class Crawler:
    """The pool; ``answers`` holds what unpromised addresses said, ``cuts`` what limits left out.

    ``stopped`` says that no further address will be asked. ``home`` is an address of the site that
    the user's own headers are for.

    Raises:
        UsageError: a pattern is no regular expression.
    """

    def __init__(
        self, fetcher: Fetcher, settings: Settings, progress: Progress, home: str | None = None
    ) -> None:
        self.settings = settings
        self.progress = progress
        self.robots = RobotsFiles(fetcher, settings, home)
        self.answers = list[Answer]()
        self.cuts: dict[str, Fault] = {}
        self._fetcher = fetcher
        self._home = home
        self._hosts = Hosts()
        self._include = _patterns("--include", settings.include)
        self._exclude = _patterns("--exclude", settings.exclude)
        self._pending: asyncio.Queue[Found] = asyncio.Queue()
        self._unread: dict[str, Found] = {}
        self._guesses: dict[str, asyncio.Event] = {}
        # Bodies that were fetched are never held up, and so never lost: what is bounded is their number.
        self._ready: asyncio.Queue[Sitemap | None] = asyncio.Queue()
        self._room = asyncio.Semaphore(settings.concurrency + AHEAD)
        self._seen: set[str] = set()
        self._read: set[str | bytes] = set()
        self._promised = 0
        self._readable = 0
        self.stopped = False
        self._finished = False

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Have the workers at hand; what one of them raises ends the block, in an ``ExceptionGroup``."""
        async with asyncio.TaskGroup() as group:
            workers = [group.create_task(self._work()) for _ in range(self.settings.concurrency)]
            yield
            for worker in workers:
                worker.cancel()

    async def crawl(self, urls: Iterable[str], by: DiscoveredBy, *, promised: bool = True) -> int:
        """Read these addresses and all that they list; return how many sitemaps were readable."""
        before = self._readable
        for ordinal, url in enumerate(urls):
            self._add(Found(without_userinfo(url), by, promised, ordinal=ordinal))
        await self._pending.join()
        return self._readable - before

    async def fetch(self, url: str, purpose: Purpose) -> Fetched:
        """Ask one address, and show it in the progress while it is in flight."""
        self.progress.in_flight[url] = time.monotonic()
        try:
            return await self._fetcher.fetch(Request(url, purpose, home=self._home))
        finally:
            self.progress.in_flight.pop(url, None)

    async def delivered(self) -> AsyncGenerator[Sitemap]:
        """Yield each sitemap once its body is here; asking for the next says that this one is done."""
        while (sitemap := await self._ready.get()) is not None:
            try:
                yield sitemap
            finally:
                sitemap.release()
            self._room.release()
            if not self._finished:
                self._follow(sitemap, sitemap.listed)
                self._pending.task_done()

    def cut(self, reason: str, message: str) -> None:
        """Note that a limit left something out; the first note of each reason is kept."""
        self.cuts.setdefault(reason, Fault(reason, message))

    def stop(self, reason: str, message: str) -> None:
        """Begin no further sitemap; what is in flight is still delivered."""
        self.cut(reason, message)
        self.stopped = True
        while not self._pending.empty():
            self._settle(self._pending.get_nowait())
            self._pending.task_done()

    def finish(self, fault: Fault | None) -> None:
        """Deliver what was promised and not read, with the fault that prevented it, and end the delivery."""
        self._finished = True
        for found in self._unread.values() if fault else ():
            sitemap = unfetched(found, fault)
            if found.promised:
                self._ready.put_nowait(sitemap)
            else:
                self.answers.append(sitemap.answer())
        self._ready.put_nowait(None)

    async def abandon(self) -> None:
        """Give back what nobody came for."""
        while not self._ready.empty():
            if (sitemap := self._ready.get_nowait()) is not None:
                sitemap.release()
        await self.robots.abandon()

    async def _work(self) -> None:
        while True:
            await self._room.acquire()
            found = await self._pending.get()
            sitemap = await self._visit(found)
            self._settle(found)
            if sitemap is not None:
                self._ready.put_nowait(sitemap)
            else:
                self._room.release()
                self._pending.task_done()

    def _settle(self, found: Found) -> None:
        """An address has been dealt with, one way or another."""
        self._unread.pop(found.url, None)
        if judged := self._guesses.pop(found.url, None):
            judged.set()

    async def _visit(self, found: Found) -> Sitemap | None:
        """Fetch one address and find out what it is; None when there is nothing to tell."""
        sitemap = await self._asked(found)
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

    async def _asked(self, found: Found) -> Sitemap:
        """What an address answered, unless there is a reason not to ask it."""
        by_user = found.discovered_by is DiscoveredBy.USER
        refusal = await self.robots.refusal(found.url, by_user=by_user)
        if found.promised:
            refusal = refusal or self._hosts.refusal(found.url)
        if refusal is not None:
            return unfetched(found, refusal)
        fetched = await self.fetch(found.url, Purpose.SITEMAP)
        if found.promised:
            self._hosts.note(fetched)
        return fetched_as(found, fetched)

    async def _turn(self, found: Found) -> None:
        """Wait for the guesses before this one: of two names of a sitemap the likelier one counts."""
        for url, judged in list(self._guesses.items()) if not found.promised else ():
            if url == found.url:
                return
            await judged.wait()

    def _counts(self, sitemap: Sitemap) -> bool:
        """Count a sitemap in, unless it is a guess that was wrong or that led to one we have."""
        final, digest = addresses.key(sitemap.fetched.final_url), sitemap.fetched.digest
        names: set[str | bytes] = {final} if digest is None else {final, digest}
        if not sitemap.found.promised and not sitemap.readable:
            self.answers.append(sitemap.answer())
            return False
        if not sitemap.found.promised and not self._read.isdisjoint(names):
            return False
        if sitemap.readable:
            self._read |= names
        self._seen.add(final)
        self._readable += sitemap.readable
        self.progress.read += 1
        self.progress.bytes += sitemap.fetched.bytes
        return True

    async def _read_index(self, index: Sitemap) -> None:
        """Queue the children of an index before it is delivered, so that they are fetched meanwhile."""
        listed = 0
        for batch in index.batches():
            urls = children(batch)
            if not self._follow(index, urls, listed):
                return
            listed += len(urls)
            await asyncio.sleep(0)

    def _follow(self, parent: Sitemap, urls: list[str], first: int = 0) -> bool:
        """Queue what a document lists, from its ``first`` on; return whether there is room for more."""
        for ordinal, url in enumerate(urls, start=first):
            if ordinal >= MAX_CHILDREN:
                self.cut("index-too-many", f"only the first {MAX_CHILDREN:,} sitemaps of an index are read")
                return False
            if self._wanted(url) and not self._add(parent.found.child(without_userinfo(url), ordinal)):
                return False
        return True

    def _wanted(self, url: str) -> bool:
        included = not self._include or any(each.search(url) for each in self._include)
        return included and not any(each.search(url) for each in self._exclude)

    def _add(self, found: Found) -> bool:
        """Queue an address, once; return whether the limits allow to queue more like it."""
        key = addresses.key(found.url)
        if self.stopped:
            return False
        if key in self._seen:
            return True
        if found.depth > self.settings.max_depth:
            self.cut("index-depth", f"indexes are nested deeper than {self.settings.max_depth}")
            return False
        if found.promised and self._promised >= self.settings.max_sitemaps:
            self.cut("max-sitemaps", f"only {self.settings.max_sitemaps:,} sitemaps of a site are read")
            return False
        self._promised += found.promised
        self.progress.found += found.promised
        self._seen.add(key)
        self._unread[found.url] = found
        if not found.promised:
            self._guesses[found.url] = asyncio.Event()
        self._pending.put_nowait(found)
        return True


def _patterns(option: str, patterns: Iterable[str]) -> list[re.Pattern[str]]:
    try:
        return [re.compile(each) for each in patterns]
    except re.error as error:
        raise UsageError("not a regular expression", where=option, why=str(error)) from error
