"""Asks pages that a job lists, and records in groups what they answer, until all are known."""

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
from sitemap_cli.progress import BatchProgress
from sitemap_cli.services.probing import probe_store
from sitemap_cli.services.probing.probe_store import ProbeTarget, SampleSize
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database

# So many answers are recorded together, or those of so many seconds.
MOST = 50
SECONDS = 2.0
CHUNK = 500
"""PageProber that are looked up together before they are asked."""

Answers = asyncio.Queue[PageResult | None]

log = logging.getLogger(__name__)


@dataclass(slots=True)
class ProbeRun:
    """One probe in hand: which pages are asked, and with what settings.

    ``unasked`` counts the pages that could not be asked, by the reason.
    """

    db: Database
    fetcher: Fetcher
    settings: Settings
    target: ProbeTarget
    size: SampleSize
    progress: BatchProgress
    unasked: Counter[str] = field(default_factory=Counter)
    # PageProber that were given out and are not recorded yet.
    _underway: set[bytes] = field(default_factory=set)

    async def claim_unprobed(self, pages: Sequence[ListedPage]) -> list[ListedPage]:
        """Those that are neither known nor being asked; they count as being asked from now on."""
        # What is recorded while the database is asked is in one of the two.
        underway = frozenset(self._underway)
        async with self.db.reading() as session:
            unknown = await probe_store.list_unprobed_pages(session, self.target.job_id, pages)
        fresh = [each for each in unknown if each.key not in underway]
        self._underway.update(each.key for each in fresh)
        return fresh

    async def record_group(self, group: list[ProbedPage]) -> None:
        """Record some answers, all or none of them."""

        async def transaction() -> None:
            async with self.db.transaction() as session:
                await probe_store.record_probes(session, self.target.job_id, group)

        await uncancelled(transaction())
        self._underway.difference_update(each.key for each in group)
        for each in group:
            self.progress.count_verdict(each.error or str(each.status_code))
        log.info("recorded what %d pages answered", len(group))

    async def record_sample(self, *, whole: bool) -> None:
        """Record how the pages are chosen; ``whole`` says that every one of the site is known."""
        subject = self.target
        sample = {
            "kind": "all" if self.size.is_all else "stratified",
            "size": self.size.resolve(subject.entry_count),
            "entries": subject.entry_count,
            "strata": len(subject.documents),
            "whole": whole,
        }
        async with self.db.transaction() as session:
            await probe_store.record_sample(session, subject.job_id, sample)

    def skip_pages(self, reason: str, pages: int = 1) -> None:
        """Note that pages could not be asked."""
        if pages:
            self.unasked[reason] += pages

    def pick_entries(self) -> Iterator[EntryPosition]:
        """The entries whose pages are wanted, in the order in which they are asked."""
        subject = self.target
        if not self.size.is_all:
            wanted = self.size.resolve(subject.entry_count)
            return islice(sampling.sample_entries(subject.documents, subject.job_id), wanted)
        documents = subject.documents.items()
        return ((document, at) for document, size in documents for at in range(1, size + 1))


async def probe_pages(job: ProbeRun) -> AsyncGenerator[list[ProbedPage]]:
    """Yield what pages answered, in groups that are recorded; close the generator when leaving it early."""
    await job.record_sample(whole=False)
    until = asyncio.get_running_loop().time() + job.settings.deadline
    subject = job.target
    pages = PageProber(job.fetcher, job.settings, job.progress, subject.start_url, subject.home_page, until)
    # PageProber that were asked for, and whose answers nobody has taken yet.
    room = asyncio.Semaphore(job.settings.concurrency + MOST)
    async with (
        _run_prober(job, pages, room) as answers,
        aclosing(_record_groups(job, answers, room)) as groups,
    ):
        async for group in groups:
            yield group
    if job.size.is_all and not job.unasked:
        await job.record_sample(whole=True)


@asynccontextmanager
async def _run_prober(job: ProbeRun, pages: PageProber, room: asyncio.Semaphore) -> AsyncIterator[Answers]:
    """Have pages asked while the block takes what they answer; None comes last."""
    answers = Answers()
    driver = asyncio.create_task(_drive_prober(job, pages, answers, room))
    try:
        yield answers
        await driver
    finally:
        driver.cancel()
        try:
            await asyncio.wait([driver])
        finally:
            await pages.close()


async def _drive_prober(job: ProbeRun, pages: PageProber, answers: Answers, room: asyncio.Semaphore) -> None:
    async def ask(listed: ListedPage) -> None:
        answers.put_nowait(await pages.probe_page(listed))

    try:
        async with asyncio.TaskGroup() as group, aclosing(_iterate_unprobed(job, pages)) as following:
            async for listed in following:
                await room.acquire()
                group.create_task(ask(listed))
    except ExceptionGroup as raised:
        raise pick_first(raised, log) from None
    finally:
        answers.put_nowait(None)


async def _iterate_unprobed(job: ProbeRun, pages: PageProber) -> AsyncGenerator[ListedPage]:
    """The pages of which nothing is known, in the order in which they are to be asked."""
    chosen, left = job.pick_entries(), job.size.resolve(job.target.entry_count)
    while picked := list(islice(chosen, CHUNK)):
        if pages.is_over:
            job.skip_pages("deadline", left)
            return
        left -= len(picked)
        async with job.db.reading() as session:
            found = await probe_store.load_pages(session, picked)
        for listed in await job.claim_unprobed(found):
            yield listed
    async with job.db.reading() as session:
        more = await probe_store.list_removed_pages(session, job.settings.tenant, job.target)
    for listed in await job.claim_unprobed([ListedPage(job.target.home_page, role=HOME), *more]):
        yield listed


async def _record_groups(
    job: ProbeRun, answers: Answers, room: asyncio.Semaphore
) -> AsyncGenerator[list[ProbedPage]]:
    """Record responses as they come, in groups; whatever ends it, no response that arrived is lost."""
    group, is_last = TimedBuffer[ProbedPage](MOST, SECONDS), False
    try:
        while not is_last:
            is_last = await _collect(job, answers, room, group)
            if group.items:
                await job.record_group(group.items)
                yield group.take()
    finally:
        if left := [*group.items, *_drain(answers)]:
            await job.record_group(left)


async def _collect(
    job: ProbeRun, answers: Answers, room: asyncio.Semaphore, group: TimedBuffer[ProbedPage]
) -> bool:
    """Add responses to a group until it is due; return whether there are no more of them."""
    while not group.is_full:
        try:
            async with asyncio.timeout_at(group.deadline):
                answer = await answers.get()
        except TimeoutError:
            return False
        room.release()
        if answer is None:
            return True
        if isinstance(answer, ProbedPage):
            group.add(answer)
        elif answer.page.role == LISTED:
            job.skip_pages(answer.fault.reason)
    return False


def _drain(answers: Answers) -> Iterator[ProbedPage]:
    """The answers that nobody has taken."""
    while not answers.empty():
        answer = answers.get_nowait()
        if isinstance(answer, ProbedPage):
            yield answer
