"""Remove old jobs, and documents that no job uses, in transactions that others hardly wait for.

Jobs are removed before their documents, and no job loses a part of what it recorded. Whatever ends the
process, the next one continues. See :mod:`sitemap_cli.services.catalog.removal`.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from sitemap_cli.errors import SitemapError
from sitemap_cli.progress import PruneProgress
from sitemap_cli.services.catalog import pruning, removal
from sitemap_cli.services.catalog.pruning import KeepRule
from sitemap_cli.services.catalog.removal import RemovedRows
from sitemap_cli.services.history import histories
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import REMOVED
from sitemap_cli.storage.session import Session
from sitemap_cli.tasks.trying_again import try_again

# Ids of documents that one statement looks at, and times of URLs that a step deletes.
DOCUMENTS_PER_QUERY = 20_000
TIMES_PER_STEP = 10_000
# SQLite lets processes wait for its write lock, but not in turn: before each step it is free for as long as
# the step before took, within these limits in seconds.
MIN_PAUSE, MAX_PAUSE = 0.01, 0.1

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(slots=True)
class Pace:
    """How long to leave the write lock of SQLite to others before the next step, in seconds."""

    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Pruning:
    """What to remove: the rule, and the domains, or the batch that has them; None twice for all domains."""

    db: Database
    rule: KeepRule
    progress: PruneProgress
    domain_ids: Sequence[int] | None = None
    batch_id: str | None = None
    pace: Pace = field(default_factory=Pace)

    @property
    def is_for_all(self) -> bool:
        """Whether all domains of the tenant are looked at, and so are all of its documents."""
        return self.domain_ids is None and self.batch_id is None


async def prune_jobs(pruning_: Pruning) -> None:
    """Remove jobs, their documents unless other jobs use them, and what earlier runs have left.

    Domains with a running job are skipped; at the end they are looked at once more.
    """
    skipped = list[int]()
    async for page in _iterate_pages(pruning_):
        skipped += await _prune_domains(pruning_, page)
        if pruning_.is_for_all:
            await _delete_vanished(pruning_, page)
    if skipped:
        pruning_.progress.skipped = len(await _prune_domains(pruning_, skipped))
    await _delete_removed(pruning_)
    if pruning_.is_for_all:
        await _delete_unused(pruning_)


async def estimate_pruning(pruning_: Pruning) -> dict[int, RemovedRows]:
    """Count what :func:`prune_jobs` would remove; return it by the id of the domain."""
    found, db = dict[int, RemovedRows](), pruning_.db
    async for page in _iterate_pages(pruning_):
        for group in await _group_domains(pruning_, page):
            async with db.reading() as session:
                of_group = await pruning.estimate_group(session, pruning_.rule, group)
            for each in of_group.values():
                _count(pruning_.progress, each)
            found |= of_group
    if pruning_.is_for_all:
        async for after, until in _iterate_documents(db):
            async with db.reading() as session:
                rule = pruning_.rule
                unused = await removal.estimate_unused_documents(session, rule.tenant, after, until)
            _count(pruning_.progress, unused)
    return found


async def apply_policy(
    db: Database,
    settings: Settings,
    progress: PruneProgress,
    *,
    batch_id: str | None = None,
    job_ids: Sequence[str] = (),
) -> None:
    """Remove jobs as the setting ``keep`` says, of the domains of a batch or of some jobs.

    The jobs themselves have succeeded, so an error is only logged.
    """
    if settings.keep is None:
        return
    rule = KeepRule(settings.tenant, settings.keep)
    try:
        domain_ids = None
        if batch_id is None:
            async with db.reading() as session:
                domain_ids = await pruning.list_domains_of_jobs(session, settings.tenant, job_ids)
        await prune_jobs(Pruning(db, rule, progress, domain_ids, batch_id))
    except SitemapError as error:
        log.warning("old jobs were not removed: %s", error)
    except Exception:
        log.exception("internal error while removing old jobs")
    if progress.jobs:
        log.info("%d old jobs removed", progress.jobs)


async def delete_removed_rows(db: Database, progress: PruneProgress) -> None:
    """Delete what is left of what was removed."""
    await _delete_removed(Pruning(db, KeepRule(REMOVED), progress, ()))


async def _iterate_pages(pruning_: Pruning) -> AsyncIterator[Sequence[int]]:
    """Yield the ids of the domains to look at, some hundreds at a time."""
    if pruning_.domain_ids is not None:
        for page in removal.cut_into_pages(pruning_.domain_ids):
            yield page
        return
    after = 0
    while True:
        async with pruning_.db.reading() as session:
            if pruning_.batch_id is not None:
                page = await pruning.list_batch_page(session, pruning_.batch_id, after)
            else:
                page = await pruning.list_domain_page(session, pruning_.rule.tenant, after)
        if not page:
            return
        yield page
        after = page[-1]


async def _group_domains(pruning_: Pruning, domain_ids: Sequence[int]) -> Sequence[Sequence[int]]:
    async with pruning_.db.reading() as session:
        return await pruning.group_domains(session, pruning_.rule, domain_ids)


async def _prune_domains(pruning_: Pruning, domain_ids: Sequence[int]) -> list[int]:
    """Remove jobs of some domains; return the domains that were skipped."""
    skipped = list[int]()
    for group in await _group_domains(pruning_, domain_ids):
        async with pruning_.db.reading() as session:
            found = await pruning.list_removable_domains(session, pruning_.rule, group)
        if not found:
            continue
        while True:
            step = partial(pruning.mark_removable_jobs, rule=pruning_.rule, domain_ids=found)
            marked = await _run_step(pruning_, step)
            pruning_.progress.jobs += marked.by_domain.total()
            pruning_.progress.jobs_by_domain.update(marked.by_domain)
            if marked.by_domain.total() < pruning.JOBS_PER_STEP:
                break
        skipped += sorted(marked.skipped)
        await _delete_vanished(pruning_, found)
        await _delete_removed(pruning_)
    return skipped


async def _delete_vanished(pruning_: Pruning, domain_ids: Sequence[int]) -> None:
    """Delete the times of URLs that vanished before the first job that is left.

    A history may have millions of times, so each step begins where the one before ended, and the keys are
    looked up before the write lock is taken.
    """
    db = pruning_.db
    async with db.reading() as session:
        vanished = await histories.list_vanished(session, pruning_.rule.tenant, domain_ids)
    for each in vanished:
        first = histories.FIRST_KEY
        while True:
            async with db.reading() as session:
                keys = await histories.list_vanished_keys(session, each, first, TIMES_PER_STEP)
            if keys:
                await _run_step(pruning_, partial(histories.delete_vanished, vanished=each, keys=keys))
            if len(keys) < TIMES_PER_STEP or keys[-1] == histories.LAST_KEY:
                break
            first = keys[-1] + 1


async def _delete_removed(pruning_: Pruning) -> None:
    """Delete the rows of removed jobs, and then documents that were removed with them."""
    async with pruning_.db.reading() as session:
        if not await removal.has_removed_rows(session):
            return
    for step in (removal.delete_removed_jobs, removal.delete_removed_documents):
        while (done := await _run_step(pruning_, step)) is not None:
            _count(pruning_.progress, done)


async def _delete_unused(pruning_: Pruning) -> None:
    """Delete documents and bodies of robots.txt that no job uses: removing a job may have been stopped."""
    db, tenant = pruning_.db, pruning_.rule.tenant
    async for after, until in _iterate_documents(db):
        async with db.reading() as session:
            found = await removal.list_unused_documents(session, tenant, after, until)
        for page in removal.cut_into_pages(found):
            await _run_step(pruning_, partial(removal.mark_unused_documents, document_ids=page))
        if found:
            await _delete_removed(pruning_)
    while True:
        async with db.reading() as session:
            bodies = await removal.list_unused_bodies(session, tenant)
        if not bodies or not await _run_step(
            pruning_, partial(removal.delete_unused_bodies, body_ids=bodies)
        ):
            return


async def _iterate_documents(db: Database) -> AsyncIterator[tuple[int, int]]:
    """Yield ranges of the ids of documents: after the first id, up to the second one."""
    async with db.reading() as session:
        last = await removal.find_last_document(session)
    for after in range(0, last, DOCUMENTS_PER_QUERY):
        yield after, min(after + DOCUMENTS_PER_QUERY, last)


async def _run_step(pruning_: Pruning, step: Callable[[Session], Awaitable[T]]) -> T:
    """Do a step in a transaction of its own, after leaving the write lock of SQLite to others for a while."""
    db, pace = pruning_.db, pruning_.pace

    async def run() -> T:
        async with db.transaction() as session:
            return await step(session)

    await asyncio.sleep(pace.pause)
    begun = time.monotonic()
    result = await try_again(run)
    if db.url.get_backend_name() == "sqlite":
        pace.pause = min(max(time.monotonic() - begun, MIN_PAUSE), MAX_PAUSE)
    return result


def _count(progress: PruneProgress, done: RemovedRows) -> None:
    progress.jobs += done.jobs
    progress.documents += done.documents
    progress.urls += done.urls
    progress.bytes += done.bytes
