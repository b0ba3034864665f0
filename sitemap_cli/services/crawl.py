"""Crawls sitemaps: a bounded pool of workers fetches addresses, each once, and follows every index."""

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Iterable, Iterator
from dataclasses import dataclass, field

from sitemap_cli.fetch.fetcher import Fetched, Fetcher, Purpose, Request
from sitemap_cli.model import Child, DiscoveredBy, Fault, Item, Kind, Progress
from sitemap_cli.parse.reader import Reading, read
from sitemap_cli.services import addresses
from sitemap_cli.services.robots import RobotsFiles
from sitemap_cli.services.verdicts import Answer
from sitemap_cli.settings import Settings

MAX_CHILDREN = 50_000


@dataclass(frozen=True, slots=True)
class Found:
    """An address that may be a sitemap, and how it became known.

    ``ordinal`` is its place among its siblings; ``promised`` is False for a mere guess, which goes
    unmentioned when it is no sitemap.
    """

    url: str
    discovered_by: DiscoveredBy
    promised: bool = True
    parent: str | None = None
    ordinal: int = 0
    depth: int = 0


@dataclass(slots=True)
class Sitemap:
    """One sitemap of a walk: where it came from, what the fetch brought, what kind it is.

    ``error`` says why it could not be read, or not wholly, as far as the fetch knows; ``reading``
    tells the rest once the body was read.
    """

    found: Found
    fetched: Fetched
    kind: Kind | None
    error: Fault | None
    reading: Reading | None = None
    listed: list[str] = field(default_factory=list)

    @property
    def readable(self) -> bool:
        """Whether there is a body here that a crawler would take for a sitemap."""
        return self.kind is not None and self.kind.is_sitemap

    def batches(self) -> Iterator[list[Item]]:
        """Read the body from its beginning, in batches; the sitemaps it lists are noted on the way."""
        if self.fetched.body is None:
            return
        self.reading = read(self.fetched.body.chunks(), base_url=self.fetched.final_url)
        self.listed = []
        for batch in self.reading:
            if self.reading.sitemaps > len(self.listed) and len(self.listed) <= MAX_CHILDREN:
                self.listed += (item.loc for item in batch if isinstance(item, Child))
            yield batch

    def answer(self, *, urls: int = 0, reason: str | None = None) -> Answer:
        """What this sitemap says towards the verdict, once ``urls`` of it were recorded."""
        return Answer(
            url=self.found.url,
            source=self.found.discovered_by,
            expected=self.found.promised or self.readable,
            kind=self.kind,
            status_code=self.fetched.status_code,
            reason=reason or (self.error.reason if self.error else None),
            urls=urls,
        )

    def release(self) -> None:
        """Give the body back."""
        if self.fetched.body is not None:
            self.fetched.body.close()


class Crawler:
    """The pool; ``answers`` holds what unpromised addresses said, ``cuts`` what limits left out."""

    def __init__(self, fetcher: Fetcher, settings: Settings, progress: Progress) -> None:
        self.settings = settings
        self.progress = progress
        self.robots = RobotsFiles(fetcher, settings)
        self.answers: list[Answer] = []
        self.cuts: dict[str, Fault] = {}
        self._fetcher = fetcher
        self._include = [re.compile(each) for each in settings.include]
        self._exclude = [re.compile(each) for each in settings.exclude]
        self._pending: asyncio.Queue[Found] = asyncio.Queue()
        self._unread: dict[str, Found] = {}
        self._ready: asyncio.Queue[Sitemap | None] = asyncio.Queue(maxsize=settings.concurrency)
        self._seen: set[str] = set()
        self._digests: set[bytes] = set()
        self._readable = 0
        self._closed = False

    async def crawl(self, urls: Iterable[str], by: DiscoveredBy, *, promised: bool = True) -> int:
        """Read these addresses and all that they list; return how many sitemaps were readable."""
        before = self._readable
        for ordinal, url in enumerate(urls):
            self._add(Found(url, by, promised, ordinal=ordinal))
        async with asyncio.TaskGroup() as group:
            workers = [group.create_task(self._work()) for _ in range(self.settings.concurrency)]
            await self._pending.join()
            for worker in workers:
                worker.cancel()
        return self._readable - before

    async def fetch(self, url: str, purpose: Purpose) -> Fetched:
        """Ask one address, and show it in the progress while it is in flight."""
        self.progress.in_flight[url] = time.monotonic()
        try:
            return await self._fetcher.fetch(Request(url, purpose))
        finally:
            self.progress.in_flight.pop(url, None)

    async def delivered(self) -> AsyncGenerator[Sitemap]:
        """Yield each sitemap once its body is here; asking for the next says that this one is done."""
        while (sitemap := await self._ready.get()) is not None:
            try:
                yield sitemap
            finally:
                sitemap.release()
            if not self._closed:
                self._follow(sitemap, sitemap.listed)
                self._pending.task_done()

    def cut(self, reason: str, message: str) -> None:
        """Note that a limit left something out; the first note of each reason is kept."""
        self.cuts.setdefault(reason, Fault(reason, message))

    def stop(self, reason: str, message: str) -> None:
        """Begin no further sitemap; what is in flight is still delivered."""
        self.cut(reason, message)
        while not self._pending.empty():
            self._unread.pop(addresses.key(self._pending.get_nowait().url), None)
            self._pending.task_done()

    async def finish(self, fault: Fault | None) -> None:
        """Deliver what was promised and not read, with the fault that prevented it, and end the delivery."""
        self._closed = True
        for found in list(self._unread.values()) if fault else ():
            if found.promised:
                await self._ready.put(Sitemap(found, Fetched(found.url, found.url), None, fault))
        await self._ready.put(None)

    async def close(self) -> None:
        """Give back what nobody came for."""
        await self.robots.close()
        while not self._ready.empty():
            if (sitemap := self._ready.get_nowait()) is not None:
                sitemap.release()

    async def _work(self) -> None:
        while True:
            found = await self._pending.get()
            sitemap = await self._visit(found)
            self._unread.pop(addresses.key(found.url), None)
            if sitemap is None:
                self._pending.task_done()
            else:
                await self._ready.put(sitemap)

    async def _visit(self, found: Found) -> Sitemap | None:
        """Fetch one address and find out what it is; None when there is nothing to tell."""
        by_user = found.discovered_by is DiscoveredBy.USER
        refusal = await self.robots.refusal(found.url, by_user=by_user)
        if refusal is not None:
            return self._judged(Sitemap(found, Fetched(found.url, found.url), None, refusal))
        fetched = await self.fetch(found.url, Purpose.SITEMAP)
        kind = _sniff(fetched)
        sitemap = self._judged(Sitemap(found, fetched, kind, _error(fetched, kind)))
        if sitemap is not None and kind is Kind.INDEX:
            await self._read_index(sitemap)
        return sitemap

    def _judged(self, sitemap: Sitemap) -> Sitemap | None:
        """The sitemap, unless it is a guess that was wrong or that led to one we have."""
        fetched = sitemap.fetched
        if not sitemap.found.promised:
            again = sitemap.readable and self._is_known(fetched)
            if not sitemap.readable:
                self.answers.append(sitemap.answer())
            if again or not sitemap.readable:
                sitemap.release()
                return None
        if fetched.digest is not None:
            self._digests.add(fetched.digest)
        self._seen.add(addresses.key(fetched.final_url))
        self._readable += sitemap.readable
        self.progress.read += 1
        self.progress.bytes += fetched.bytes
        return sitemap

    def _is_known(self, fetched: Fetched) -> bool:
        """Whether another name of this sitemap was read already."""
        moved = fetched.final_url != fetched.url and addresses.key(fetched.final_url) in self._seen
        return moved or fetched.digest in self._digests

    async def _read_index(self, index: Sitemap) -> None:
        """Queue the children of an index before it is delivered, so that they are fetched meanwhile."""
        for _ in index.batches():
            await asyncio.sleep(0)
        self._follow(index, index.listed)

    def _follow(self, parent: Sitemap, urls: list[str]) -> None:
        """Queue what a document lists, within the limits."""
        depth = parent.found.depth + 1
        if len(urls) > MAX_CHILDREN:
            self.cut("index-too-many", f"only the first {MAX_CHILDREN:,} sitemaps of an index are read")
        for ordinal, url in enumerate(urls[:MAX_CHILDREN]):
            if not self._wanted(url):
                continue
            if depth > self.settings.max_depth:
                self.cut("index-depth", f"indexes are nested deeper than {self.settings.max_depth}")
                break
            self._add(Found(url, DiscoveredBy.INDEX, True, parent.found.url, ordinal, depth))

    def _wanted(self, url: str) -> bool:
        included = not self._include or any(each.search(url) for each in self._include)
        return included and not any(each.search(url) for each in self._exclude)

    def _add(self, found: Found) -> None:
        """Queue an address, once."""
        key = addresses.key(found.url)
        if key in self._seen or "max-urls" in self.cuts:
            return
        if found.promised:
            if self.progress.found >= self.settings.max_sitemaps:
                self.cut("max-sitemaps", f"only {self.settings.max_sitemaps:,} sitemaps of a site are read")
                return
            self.progress.found += 1
        self._seen.add(key)
        self._unread[key] = found
        self._pending.put_nowait(found)


def _sniff(fetched: Fetched) -> Kind | None:
    """What a body is, by its beginning; None when there is no body of a 200 answer."""
    if fetched.body is None or fetched.status_code != 200:
        return None
    return read(fetched.body.chunks()).sniff()


MESSAGES = {
    Kind.HTML: Fault("html-instead", "the server answered with an HTML page"),
    Kind.EMPTY: Fault("empty", "the body is empty"),
    Kind.UNKNOWN: Fault("not-a-sitemap", "the body is no sitemap, feed or list of addresses"),
}


def _error(fetched: Fetched, kind: Kind | None) -> Fault | None:
    """Why a sitemap cannot be read, or not wholly."""
    if fetched.fault is not None:
        return fetched.fault
    if fetched.status_code != 200:
        return Fault("http-status", f"the server answered {fetched.status_code}")
    return MESSAGES.get(kind) if kind is not None else None
