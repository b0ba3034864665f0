"""Probe the pages that a job lists, and record the results in groups, until all pages are probed."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice

from sitemap_cli.aio import TimedBuffer, pick_first, uncancelled
from sitemap_cli.crawl.pages import sampling
from sitemap_cli.crawl.pages.probed_page import HOME, LISTED, ListedPage, PageResult, ProbedPage
from sitemap_cli.crawl.pages.prober import PageProber
from sitemap_cli.crawl.pages.sampling import EntryPosition
from sitemap_cli.fetch.interface import Fetcher
from sitemap_cli.model.page_results import Sample
from sitemap_cli.progress import BatchProgress
from sitemap_cli.services.probing import probe_store
from sitemap_cli.services.probing.probe_store import ProbeTarget, SampleSize
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks import packing

# A group of results is recorded at this size, or after this many seconds.
MAX_GROUP = 50
MAX_SECONDS = 2.0
CHUNK = 500
"""Number of pages to look up in the database at a time."""

Results = asyncio.Queue[PageResult | None]
"""The results of pages as they arrive; None comes last."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class ProbeRun:
    """One run of a probe: the job whose pages are probed, the sample, and the settings.

    ``skipped`` counts the pages that could not be requested, by reason.
    """

    db: Database
    fetcher: Fetcher
    settings: Settings
    target: ProbeTarget
    size: SampleSize
    progress: BatchProgress
    skipped: Counter[str] = field(default_factory=Counter)
    # The keys of pages that were handed to the prober and are not recorded yet.
    _underway: set[bytes] = field(default_factory=set)

    async def claim_unprobed(self, pages: Sequence[ListedPage]) -> list[ListedPage]:
        """Return those pages that are neither recorded nor underway, and mark them as underway."""
        # Copied before the query: a page that is recorded during the query is in the copy or in the result.
        underway = frozenset(self._underway)
        async with self.db.reading() as session:
            unprobed = await probe_store.list_unprobed_pages(session, self.target.job_id, pages)
        claimed = [each for each in unprobed if each.key not in underway]
        self._underway.update(each.key for each in claimed)
        return claimed

    async def record_group(self, group: list[ProbedPage]) -> None:
        """Record a group of probed pages in one transaction."""

        async def record() -> None:
            async with self.db.transaction() as session:
                await probe_store.record_probes(session, self.target.job_id, group)

        await uncancelled(record())
        self._underway.difference_update(each.key for each in group)
        for each in group:
            self.progress.count_verdict(each.error or str(each.status_code))
        log.info("recorded %d probed pages", len(group))

    async def record_sample(self, *, whole: bool) -> None:
        """Record how the pages are chosen; ``whole`` says that every page of the site is probed."""
        target = self.target
        sample = Sample(
            kind="all" if self.size.is_all else "stratified",
            size=self.size.resolve(target.entry_count),
            entries=target.entry_count,
            strata=len(target.documents),
            whole=whole,
        )
        async with self.db.transaction() as session:
            await probe_store.record_sample(session, target.job_id, sample)

    def skip_pages(self, reason: str, pages: int = 1) -> None:
        """Count pages that could not be requested."""
        if pages:
            self.skipped[reason] += pages

    def pick_entries(self) -> Iterator[EntryPosition]:
        """Yield the entries whose pages to probe, in the order of the requests."""
        target = self.target
        if not self.size.is_all:
            count = self.size.resolve(target.entry_count)
            return map(self._locate, islice(sampling.sample_entries(target.documents, target.job_id), count))
        documents = target.documents.items()
        return (
            self._locate(EntryPosition(document, position))
            for document, size in documents
            for position in range(1, size + 1)
        )

    def _locate(self, pick: EntryPosition) -> EntryPosition:
        """Return the entry with this number among those to choose from."""
        positions = self.target.positions
        if positions is None:
            return pick
        return EntryPosition(pick.document_id, positions[pick.document_id][pick.position - 1])


async def probe_pages(run: ProbeRun) -> AsyncGenerator[list[ProbedPage]]:
    """Yield probed pages in groups that are recorded.

    A caller that leaves the generator early must close it.
    """
    await packing.expand_for_check(run.db, run.target.job_id)
    await run.record_sample(whole=False)
    until = asyncio.get_running_loop().time() + run.settings.deadline
    target = run.target
    prober = PageProber(run.fetcher, run.settings, run.progress, target.start_url, target.home_page, until)
    # Limits the pages that were handed to the prober and whose results have not been taken yet.
    room = asyncio.Semaphore(run.settings.concurrency + MAX_GROUP)
    async with (
        _run_prober(run, prober, room) as results,
        aclosing(_record_groups(run, results, room)) as groups,
    ):
        async for group in groups:
            yield group
    if run.size.is_all and not run.skipped and target.positions is None:
        await run.record_sample(whole=True)


@asynccontextmanager
async def _run_prober(run: ProbeRun, prober: PageProber, room: asyncio.Semaphore) -> AsyncIterator[Results]:
    """Probe pages in the background while the block takes the results."""
    results = Results()
    driver = asyncio.create_task(_drive_prober(run, prober, results, room))
    try:
        yield results
        await driver
    finally:
        driver.cancel()
        try:
            await asyncio.wait([driver])
        finally:
            await prober.close()


async def _drive_prober(run: ProbeRun, prober: PageProber, results: Results, room: asyncio.Semaphore) -> None:
    async def probe(page: ListedPage) -> None:
        results.put_nowait(await prober.probe_page(page))

    try:
        async with asyncio.TaskGroup() as group, aclosing(_iterate_unprobed(run, prober)) as pages:
            async for page in pages:
                await room.acquire()
                group.create_task(probe(page))
    except ExceptionGroup as raised:
        raise pick_first(raised, log) from None
    finally:
        results.put_nowait(None)


async def _iterate_unprobed(run: ProbeRun, prober: PageProber) -> AsyncGenerator[ListedPage]:
    """Yield the pages that are not probed yet, in the order of the requests.

    The listed pages come first, then the home page and some pages that the previous job listed.
    """
    entries, left = run.pick_entries(), run.size.resolve(run.target.entry_count)
    while picked := list(islice(entries, CHUNK)):
        if prober.is_over:
            run.skip_pages("deadline", left)
            return
        left -= len(picked)
        async with run.db.reading() as session:
            found = await probe_store.load_pages(session, picked)
        for page in await run.claim_unprobed(found):
            yield page
    async with run.db.reading() as session:
        removed = await probe_store.list_removed_pages(session, run.settings.tenant, run.target)
    for page in await run.claim_unprobed([ListedPage(run.target.home_page, role=HOME), *removed]):
        yield page


async def _record_groups(
    run: ProbeRun, results: Results, room: asyncio.Semaphore
) -> AsyncGenerator[list[ProbedPage]]:
    """Record results in groups as they arrive; no result that arrived is lost, however this ends."""
    group, is_last = TimedBuffer[ProbedPage](MAX_GROUP, MAX_SECONDS), False
    try:
        while not is_last:
            is_last = await _fill_group(run, results, room, group)
            if group.items:
                await run.record_group(group.items)
                yield group.take()
    finally:
        if left := [*group.items, *_drain(results)]:
            await run.record_group(left)


async def _fill_group(
    run: ProbeRun, results: Results, room: asyncio.Semaphore, group: TimedBuffer[ProbedPage]
) -> bool:
    """Add results to a group until it is full or due; return whether they were the last ones."""
    while not group.is_full:
        try:
            async with asyncio.timeout_at(group.deadline):
                result = await results.get()
        except TimeoutError:
            return False
        room.release()
        if result is None:
            return True
        if isinstance(result, ProbedPage):
            group.add(result)
        elif result.page.role == LISTED:
            run.skip_pages(result.fault.reason)
    return False


def _drain(results: Results) -> Iterator[ProbedPage]:
    """Yield the probed pages that are still in the queue."""
    while not results.empty():
        result = results.get_nowait()
        if isinstance(result, ProbedPage):
            yield result
