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
from sitemap_cli.crawl.pages.probed_page import HOME, LISTED, Answer, Listed, Probed
from sitemap_cli.crawl.pages.prober import Pages
from sitemap_cli.crawl.pages.sampling import Pick
from sitemap_cli.fetch.interface import Fetcher
from sitemap_cli.progress import BatchProgress
from sitemap_cli.services.probing import probe_store
from sitemap_cli.services.probing.probe_store import Size, Subject
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database

# So many answers are recorded together, or those of so many seconds.
MOST = 50
SECONDS = 2.0
CHUNK = 500
"""Pages that are looked up together before they are asked."""

Answers = asyncio.Queue[Answer | None]

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Probing:
    """One probe in hand: which pages are asked, and with what settings.

    ``unasked`` counts the pages that could not be asked, by the reason.
    """

    db: Database
    fetcher: Fetcher
    settings: Settings
    subject: Subject
    size: Size
    progress: BatchProgress
    unasked: Counter[str] = field(default_factory=Counter)
    # Pages that were given out and are not recorded yet.
    _underway: set[bytes] = field(default_factory=set)

    async def unknown(self, pages: Sequence[Listed]) -> list[Listed]:
        """Those that are neither known nor being asked; they count as being asked from now on."""
        # What is recorded while the database is asked is in one of the two.
        underway = frozenset(self._underway)
        async with self.db.reading() as session:
            unknown = await probe_store.unknown(session, self.subject.job_id, pages)
        fresh = [each for each in unknown if each.key not in underway]
        self._underway.update(each.key for each in fresh)
        return fresh

    async def record(self, group: list[Probed]) -> None:
        """Record some answers, all or none of them."""

        async def transaction() -> None:
            async with self.db.transaction() as session:
                await probe_store.keep(session, self.subject.job_id, group)

        await uncancelled(transaction())
        self._underway.difference_update(each.key for each in group)
        for each in group:
            self.progress.count_verdict(each.error or str(each.status_code))
        log.info("recorded what %d pages answered", len(group))

    async def describe(self, *, whole: bool) -> None:
        """Record how the pages are chosen; ``whole`` says that every one of the site is known."""
        subject = self.subject
        sample = {
            "kind": "all" if self.size.is_all else "stratified",
            "size": self.size.of(subject.entries),
            "entries": subject.entries,
            "strata": len(subject.documents),
            "whole": whole,
        }
        async with self.db.transaction() as session:
            await probe_store.keep_sample(session, subject.job_id, sample)

    def skip(self, reason: str, pages: int = 1) -> None:
        """Note that pages could not be asked."""
        if pages:
            self.unasked[reason] += pages

    def picks(self) -> Iterator[Pick]:
        """The entries whose pages are wanted, in the order in which they are asked."""
        subject = self.subject
        if not self.size.is_all:
            wanted = self.size.of(subject.entries)
            return islice(sampling.picks(subject.documents, subject.job_id), wanted)
        documents = subject.documents.items()
        return ((document, at) for document, size in documents for at in range(1, size + 1))


async def probe(job: Probing) -> AsyncGenerator[list[Probed]]:
    """Yield what pages answered, in groups that are recorded; close the generator when leaving it early."""
    await job.describe(whole=False)
    until = asyncio.get_running_loop().time() + job.settings.deadline
    subject = job.subject
    pages = Pages(job.fetcher, job.settings, job.progress, subject.home, subject.front, until)
    # Pages that were asked for, and whose answers nobody has taken yet.
    room = asyncio.Semaphore(job.settings.concurrency + MOST)
    async with _working(job, pages, room) as answers, aclosing(_grouped(job, answers, room)) as groups:
        async for group in groups:
            yield group
    if job.size.is_all and not job.unasked:
        await job.describe(whole=True)


@asynccontextmanager
async def _working(job: Probing, pages: Pages, room: asyncio.Semaphore) -> AsyncIterator[Answers]:
    """Have pages asked while the block takes what they answer; None comes last."""
    answers = Answers()
    driver = asyncio.create_task(_drive(job, pages, answers, room))
    try:
        yield answers
        await driver
    finally:
        driver.cancel()
        try:
            await asyncio.wait([driver])
        finally:
            await pages.abandon()


async def _drive(job: Probing, pages: Pages, answers: Answers, room: asyncio.Semaphore) -> None:
    async def ask(listed: Listed) -> None:
        answers.put_nowait(await pages.ask(listed))

    try:
        async with asyncio.TaskGroup() as group, aclosing(_to_ask(job, pages)) as following:
            async for listed in following:
                await room.acquire()
                group.create_task(ask(listed))
    except ExceptionGroup as raised:
        raise pick_first(raised, log) from None
    finally:
        answers.put_nowait(None)


async def _to_ask(job: Probing, pages: Pages) -> AsyncGenerator[Listed]:
    """The pages of which nothing is known, in the order in which they are to be asked."""
    chosen, left = job.picks(), job.size.of(job.subject.entries)
    while picked := list(islice(chosen, CHUNK)):
        if pages.is_over:
            job.skip("deadline", left)
            return
        left -= len(picked)
        async with job.db.reading() as session:
            found = await probe_store.listed(session, picked)
        for listed in await job.unknown(found):
            yield listed
    async with job.db.reading() as session:
        more = await probe_store.removed(session, job.settings.tenant, job.subject)
    for listed in await job.unknown([Listed(job.subject.front, role=HOME), *more]):
        yield listed


async def _grouped(job: Probing, answers: Answers, room: asyncio.Semaphore) -> AsyncGenerator[list[Probed]]:
    """Record responses as they come, in groups; whatever ends it, no response that arrived is lost."""
    group, is_last = TimedBuffer[Probed](MOST, SECONDS), False
    try:
        while not is_last:
            is_last = await _collect(job, answers, room, group)
            if group.items:
                await job.record(group.items)
                yield group.take()
    finally:
        if left := [*group.items, *_left(answers)]:
            await job.record(left)


async def _collect(
    job: Probing, answers: Answers, room: asyncio.Semaphore, group: TimedBuffer[Probed]
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
        if isinstance(answer, Probed):
            group.add(answer)
        elif answer.listed.role == LISTED:
            job.skip(answer.fault.reason)
    return False


def _left(answers: Answers) -> Iterator[Probed]:
    """The answers that nobody has taken."""
    while not answers.empty():
        answer = answers.get_nowait()
        if isinstance(answer, Probed):
            yield answer
