"""Locks: one holder at a time, in this process or another, and free when the holder is gone."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sitemap_cli.errors import StorageError
from sitemap_cli.storage.database import Database

HOLD = """
import asyncio, sys
from sitemap_cli.storage.database import Database

async def hold():
    async with Database.open_unprepared(sys.argv[1]) as db:
        for name in sys.argv[2:]:
            print(await db.locks.acquire(name, shared=name.startswith("shared")), flush=True)
        await asyncio.to_thread(sys.stdin.readline)

asyncio.run(hold())
"""


@contextmanager
def holder(upgraded_database_url: str, *names: str) -> "Iterator[subprocess.Popen[str]]":
    """Run another process that takes locks."""
    command = [sys.executable, "-c", HOLD, upgraded_database_url, *names]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in names] == ["True\n"] * len(names)
        yield process
        process.kill()


async def becomes_free(db: Database, name: str) -> bool:
    """Whether a lock can be had within ten seconds: a server needs a moment to miss its client."""
    for _ in range(200):
        if await db.locks.acquire(name):
            return True
        await asyncio.sleep(0.05)
    return False


@pytest.fixture
async def other(upgraded_database_url: str, db: Database) -> AsyncIterator[Database]:
    """The same database, opened a second time by the same process."""
    async with Database.open(upgraded_database_url) as opened:
        yield opened


async def test_a_lock_has_one_holder(db: Database, other: Database) -> None:
    assert await db.locks.acquire("a")
    assert not await db.locks.acquire("a")
    assert not await other.locks.acquire("a")
    assert await other.locks.acquire("b")


async def test_a_released_lock_is_free(db: Database, other: Database) -> None:
    assert await db.locks.acquire("a")
    await db.locks.release("a")
    assert await other.locks.acquire("a")


async def test_only_the_holder_releases_a_lock(db: Database, other: Database) -> None:
    assert await db.locks.acquire("a")
    await other.locks.release("a")
    await other.locks.close()
    assert not await other.locks.acquire("a")


async def test_closing_releases_every_lock_and_no_other(
    upgraded_database_url: str, db: Database, other: Database
) -> None:
    assert await db.locks.acquire("a")
    assert await other.locks.acquire("b")
    await db.locks.close()
    assert await other.locks.acquire("a")
    with holder(upgraded_database_url, "c"):
        assert not await other.locks.acquire("c")


async def test_a_lock_of_another_process_cannot_be_taken(upgraded_database_url: str, db: Database) -> None:
    with holder(upgraded_database_url, "a", "b") as process:
        assert not await db.locks.acquire("a")
        assert await db.locks.acquire("c")
        process.communicate("done\n")
    assert await becomes_free(db, "a")


async def test_the_locks_of_a_killed_process_are_free(upgraded_database_url: str, db: Database) -> None:
    with holder(upgraded_database_url, "a") as process:
        process.kill()
        process.wait()
        assert await becomes_free(db, "a")


async def test_processes_share_a_lock_until_the_last_of_them_ends(
    upgraded_database_url: str, db: Database
) -> None:
    with holder(upgraded_database_url, "shared") as first:
        with holder(upgraded_database_url, "shared") as second:
            assert not await db.locks.acquire("shared")
            second.communicate("done\n")
        assert not await db.locks.acquire("shared")
        first.kill()
        assert await becomes_free(db, "shared")


async def test_a_lock_that_a_process_holds_alone_is_not_shared(
    upgraded_database_url: str, db: Database
) -> None:
    with holder(upgraded_database_url, "a"):
        assert not await db.locks.acquire("a", shared=True)


async def test_taking_a_lock_that_is_cancelled_takes_none(db: Database, other: Database) -> None:
    for _ in range(20):
        taking = asyncio.ensure_future(db.locks.acquire("a"))
        await asyncio.sleep(0)
        taking.cancel()
        await asyncio.wait([taking])
        if not taking.cancelled():
            await db.locks.release("a")
        assert await other.locks.acquire("a")
        await other.locks.release("a")
        assert await db.locks.acquire("b"), "the connection, and every lock with it, was given up"
        await db.locks.release("b")


async def test_a_folder_without_locks_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "sitemap.db-lock").mkdir()
    async with Database.open(str(tmp_path / "sitemap.db")) as db:
        with pytest.raises(StorageError, match="cannot lock"):
            await db.locks.acquire("a")
