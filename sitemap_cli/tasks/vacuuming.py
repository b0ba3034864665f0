"""Vacuum a database while no job writes to it."""

import asyncio
import logging
from typing import NamedTuple

from sitemap_cli.errors import DatabaseBusyError, LockedError
from sitemap_cli.storage import vacuum
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks.locking import POLL_SECONDS, OnWait, find_running_jobs

# Domains that a message names.
NAMED = 3

log = logging.getLogger(__name__)


class Sizes(NamedTuple):
    """The bytes that a database takes on the disk, before and after it was vacuumed."""

    before: int
    after: int


async def vacuum_database(db: Database, on_wait: OnWait | None) -> Sizes:
    """Vacuum a database, and return its sizes.

    On SQLite other processes cannot write meanwhile, and a running job would fail after half a minute. So no
    job may be running.

    Raises:
        LockedError: a job is running, and ``on_wait`` is None.
        DatabaseBusyError: another process writes, and ``on_wait`` is None.
        StorageError: the disk has not enough free space.
    """
    before = await vacuum.measure_size(db.url)
    if db.url.get_backend_name() == "sqlite":
        await _vacuum_sqlite(db, on_wait)
    else:
        await vacuum.vacuum_postgres(db.url, on_wait)
    return Sizes(before, await vacuum.measure_size(db.url))


async def _vacuum_sqlite(db: Database, on_wait: OnWait | None) -> None:
    is_waiting, is_cut = False, None
    while is_cut is None:
        try:
            await _require_no_jobs(db)
            is_cut = await vacuum.vacuum_sqlite(db.url)
        except (LockedError, DatabaseBusyError) as error:
            if on_wait is None:
                raise
            if not is_waiting:
                on_wait(f"waiting: {error}")
            is_waiting = True
            await asyncio.sleep(POLL_SECONDS)
    if not is_cut:
        log.warning("another process reads the database; the space is given back when it has ended")


async def _require_no_jobs(db: Database) -> None:
    running = (await find_running_jobs(db)).alive
    if running:
        names = sorted({each.domain for each in running})
        more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
        raise LockedError(
            "jobs are running",
            where=", ".join(names[:NAMED]) + more,
            why="they could not write meanwhile",
            hint="--wait waits until they have ended",
        )
