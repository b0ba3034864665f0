"""Two runs of one domain or list never mix: who runs it holds its lock; one that is free tells who died."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from sitemap_cli.errors import LockedError, StorageError
from sitemap_cli.services.catalog import batches
from sitemap_cli.services.recording import domains, jobs
from sitemap_cli.storage.database import Database

# Others look for a moment at every lock, to see whose holder is gone; only who is refused again is refused.
TRIES = (0.0, 0.02, 0.05, 0.1)
POLL_SECONDS = 1.0

OnWait = Callable[[str], None]
"""Is told whom we wait for; where there is none, nobody waits."""


def describe_process() -> str:
    """What others shall call this process."""
    return f"process {os.getpid()} on {socket.gethostname()}"


@asynccontextmanager
async def domain_lock(db: Database, tenant: str, domain: str, waits: OnWait | None) -> AsyncIterator[None]:
    """Hold the lock of a domain, ``host[:port]`` as the user named it, so that what begins there is alone.

    Raises:
        LockedError: another run holds it.
    """

    async def refusal() -> LockedError:
        async with db.reading() as session:
            return _build_locked_error(domain, await jobs.find_lock_holder(session, tenant, domain))

    async with _hold_lock(db, domains.lock(tenant, domain), refusal, waits):
        yield


@asynccontextmanager
async def batch_lock(
    db: Database, tenant: str, batch_id: str, source: str, waits: OnWait | None
) -> AsyncIterator[None]:
    """Hold the lock of a batch, which is that of its list.

    Raises:
        LockedError: another run holds it.
    """

    async def refusal() -> LockedError:
        async with db.reading() as session:
            return _build_locked_error(source, await batches.find_lock_holder(session, tenant, source))

    async with _hold_lock(db, batches.lock(tenant, batch_id, source), refusal, waits):
        yield


async def mark_stale_jobs(db: Database, tenant: str) -> None:
    """Mark as interrupted what says it is running and is not; where nothing can be written, leave it so."""
    async with db.reading() as session:
        running = await jobs.list_running_domains(session, tenant)
        begun = await batches.list_running_batches(session, tenant)
    with suppress(StorageError):
        for domain_id, domain in running:
            async with _try_lock(db, domains.lock(tenant, domain)) as free:
                if free:
                    await _mark_interrupted(db, tenant, domain_id)
        for batch in begun:
            async with _try_lock(db, batches.lock(tenant, batch.id, batch.source)) as free:
                if free:
                    await close_batch(db, batch.id)


@asynccontextmanager
async def _hold_lock(
    db: Database, name: str, refusal: Callable[[], Awaitable[LockedError]], waits: OnWait | None
) -> AsyncIterator[None]:
    if not await _acquire_lock(db, name):
        refused = await refusal()
        if waits is None:
            raise refused
        waits(f"waiting: {refused}")
        while not await _acquire_lock(db, name):  # noqa: ASYNC110 - no process tells another
            await asyncio.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        await db.locks.release(name)


@asynccontextmanager
async def _try_lock(db: Database, name: str) -> AsyncIterator[bool]:
    """Hold a lock if nobody else does."""
    free = await db.locks.acquire(name)
    try:
        yield free
    finally:
        if free:
            await db.locks.release(name)


async def _acquire_lock(db: Database, name: str) -> bool:
    for seconds in TRIES:
        await asyncio.sleep(seconds)
        if await db.locks.acquire(name):
            return True
    return False


def _build_locked_error(what: str, held: jobs.LockHolder | None) -> LockedError:
    who = f"{held.holder}, since {held.since:%Y-%m-%d %H:%M:%S} UTC" if held else None
    return LockedError("another run is at work", where=what, why=who, hint="--wait waits for its end")


async def _mark_interrupted(db: Database, tenant: str, domain_id: int) -> None:
    async with db.transaction() as session:
        await jobs.mark_interrupted(session, tenant, domain_id)


async def close_batch(db: Database, batch_id: str) -> None:
    """Write how a batch stands that nobody runs any longer."""
    async with db.transaction() as session:
        await batches.mark_closed(session, batch_id)
