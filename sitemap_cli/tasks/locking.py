"""Locks of domains and batches: two runs over the same domain or list never overlap.

The process that runs a job holds a lock. A job that is marked as running while its lock is free is stale: its
process has terminated.
"""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

from sitemap_cli.crawl.targets import STDIN
from sitemap_cli.errors import LockedError, StorageError
from sitemap_cli.services.catalog import batches
from sitemap_cli.services.recording import jobs, running_jobs
from sitemap_cli.services.recording.running_jobs import RunningJob
from sitemap_cli.storage.database import Database
from sitemap_cli.urls import canonical_domain

# Another process may hold a lock for a moment to find out whether its job is stale, so try several times.
RETRY_DELAYS = (0.0, 0.02, 0.05, 0.1)
POLL_SECONDS = 1.0
# Child processes whose parent was killed stop within this time, and so does the server notice a dead process.
ORPHAN_SECONDS = 6.0
ORPHAN_POLL_SECONDS = 0.1

OnWait = Callable[[str], None]
"""Receives a message that says which process is waited for. Where None is given instead, nothing waits."""


def describe_process() -> str:
    """Return the name of this process for messages of other processes."""
    return f"process {os.getpid()} on {socket.gethostname()}"


def name_domain_lock(tenant: str, domain: str) -> str:
    """Return the name of the lock of a domain, ``host[:port]``."""
    return f"domain {tenant} {canonical_domain(domain)}"


def name_batch_lock(tenant: str, batch_id: str, source: str) -> str:
    """Return the name of the lock of a batch.

    Batches of the same list share a lock; a batch without a list has its own.
    """
    return f"batch {tenant} {batch_id if source in (STDIN, batches.RETRY) else source}"


def name_process_lock(batch_lock_name: str) -> str:
    """Return the name of the lock that all child processes of a run share.

    They need a moment to stop when their parent was killed, which frees the lock of the batch.
    """
    return f"processes of {batch_lock_name}"


@asynccontextmanager
async def domain_lock(db: Database, tenant: str, domain: str, on_wait: OnWait | None) -> AsyncIterator[None]:
    """Hold the lock of a domain, ``host[:port]`` as the user named it.

    Raises:
        LockedError: another run holds the lock, and ``on_wait`` is None.
    """

    async def build_error() -> LockedError:
        async with db.reading() as session:
            return _build_locked_error(domain, await jobs.find_lock_holder(session, tenant, domain))

    async with _hold_lock(db, name_domain_lock(tenant, domain), build_error, on_wait):
        yield


@asynccontextmanager
async def batch_lock(
    db: Database, tenant: str, batch_id: str, source: str, on_wait: OnWait | None
) -> AsyncIterator[None]:
    """Hold the lock of a batch, which all batches of its list share.

    Raises:
        LockedError: another run holds the lock, and ``on_wait`` is None.
    """

    async def build_error() -> LockedError:
        async with db.reading() as session:
            return _build_locked_error(source, await batches.find_lock_holder(session, tenant, source))

    name = name_batch_lock(tenant, batch_id, source)
    async with _hold_lock(db, name, build_error, on_wait):
        if not await _wait_until_free(db, name_process_lock(name)):
            raise await build_error()
        yield


async def mark_stale_jobs(db: Database, tenant: str) -> None:
    """Mark stale jobs and batches as interrupted: the housekeeping that listing commands do first.

    Besides reading, writing and running jobs this is the only form of transaction: a reading command writes
    here, in transactions of its own, before it reads. If the database is read-only, nothing is marked.
    """
    async with db.reading() as session:
        await jobs.follow_recorded_ids(session, tenant)
        running_domains = await jobs.list_running_domains(session, tenant)
        running_batches = await batches.list_running_batches(session, tenant)
    with suppress(StorageError):
        for domain in running_domains:
            async with _try_lock(db, name_domain_lock(tenant, domain.name)) as acquired:
                if acquired:
                    await _mark_interrupted(db, tenant, domain.id)
        for batch in running_batches:
            async with _try_lock(db, name_batch_lock(tenant, batch.id, batch.source)) as acquired:
                if acquired:
                    await _close_batch(db, batch.id)


class RunningJobs(NamedTuple):
    """Jobs that are marked as running: those whose process is alive, and stale ones."""

    alive: list[RunningJob]
    stale: list[RunningJob]


async def find_running_jobs(db: Database) -> RunningJobs:
    """Return the running jobs of all tenants by whether their process is alive; nothing is marked."""
    async with db.reading() as session:
        listed = await running_jobs.list_running_jobs(session)
    found = RunningJobs([], [])
    for job in listed:
        async with _try_lock(db, name_domain_lock(job.tenant, job.domain)) as acquired:
            (found.stale if acquired else found.alive).append(job)
    return found


@asynccontextmanager
async def _hold_lock(
    db: Database, name: str, build_error: Callable[[], Awaitable[LockedError]], on_wait: OnWait | None
) -> AsyncIterator[None]:
    if not await _acquire_lock(db, name):
        error = await build_error()
        if on_wait is None:
            raise error
        on_wait(f"waiting: {error}")
        while not await _acquire_lock(db, name):  # noqa: ASYNC110 - processes cannot notify each other
            await asyncio.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        await db.locks.release(name)


@asynccontextmanager
async def _try_lock(db: Database, name: str) -> AsyncIterator[bool]:
    """Hold a lock if it is free; yield whether it was."""
    acquired = await db.locks.acquire(name)
    try:
        yield acquired
    finally:
        if acquired:
            await db.locks.release(name)


async def _acquire_lock(db: Database, name: str) -> bool:
    for seconds in RETRY_DELAYS:
        await asyncio.sleep(seconds)
        if await db.locks.acquire(name):
            return True
    return False


async def share_process_lock(db: Database, name: str) -> None:
    """Hold the lock that the child processes of a run share, until the database is closed.

    Raises:
        LockedError: another run begins, as the parent of this process was killed.
    """
    if not await db.locks.acquire(name, shared=True):
        raise LockedError("another run holds the lock", where=name)


async def mark_lost_job(db: Database, tenant: str, domain: str, domain_id: int) -> None:
    """Mark the job of a killed process as interrupted, as soon as the lock of its domain is free."""
    name = name_domain_lock(tenant, domain)
    await _wait_until_free(db, name, lambda: _mark_interrupted(db, tenant, domain_id))


async def _wait_until_free(
    db: Database, name: str, then: Callable[[], Awaitable[None]] | None = None
) -> bool:
    """Wait for the end of processes that stop or were killed; return False if one still holds the lock.

    ``then`` is awaited while this process holds the lock.
    """
    give_up_at = time.monotonic() + ORPHAN_SECONDS
    while True:
        async with _try_lock(db, name) as acquired:
            if acquired and then is not None:
                await then()
        if acquired or time.monotonic() > give_up_at:
            return acquired
        await asyncio.sleep(ORPHAN_POLL_SECONDS)


def _build_locked_error(what: str, holder: jobs.LockHolder | None) -> LockedError:
    why = f"{holder.holder}, since {holder.since:%Y-%m-%d %H:%M:%S} UTC" if holder else None
    return LockedError(
        "another run holds the lock", where=what, why=why, hint="--wait waits until it is free"
    )


async def _mark_interrupted(db: Database, tenant: str, domain_id: int) -> None:
    async with db.transaction() as session:
        await jobs.mark_interrupted(session, tenant, domain_id)


async def _close_batch(db: Database, batch_id: str) -> None:
    async with db.transaction() as session:
        await batches.mark_closed(session, batch_id)
