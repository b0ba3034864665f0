"""Connections that are ended, servers that restart, files that are replaced, and locks that are lost."""

import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text

from sitemap_cli.errors import DatabaseBusyError, LockLostError, SchemaError, StorageError
from sitemap_cli.services.recording import domains
from sitemap_cli.services.shared import ids
from sitemap_cli.storage import engines
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.insert_ignore import insert_or_ignore
from sitemap_cli.storage.models import RobotsBody


@pytest.fixture
async def server(upgraded_postgres_url: str) -> AsyncIterator[Database]:
    async with Database.open(upgraded_postgres_url) as db:
        yield db


def terminate(url: str) -> None:
    """End all connections of the program, as a restart of the server does."""
    end_backend(url, "")


def end_backend(url: str, statement: str) -> None:
    """End the connections whose last statement contains a text."""
    query = """
        SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND position(%s in query) > 0
    """
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(query, [statement]).fetchall()


async def add_domain(db: Database, name: str) -> None:
    async with db.transaction() as session:
        await domains.ensure_domain(session, "default", name)


async def add_domains(db: Database, between: Callable[[], None], other: Database | None = None) -> None:
    """Add two domains in one transaction; meanwhile ``other`` takes the lock "one"."""
    async with db.transaction() as session:
        await domains.ensure_domain(session, "default", "x.example")
        between()
        if other is not None:
            assert await other.locks.acquire("one")
        await domains.ensure_domain(session, "default", "y.example")


async def count_domains(db: Database) -> Any:
    async with db.reading() as session:
        return await session.scalar(text("SELECT count(*) FROM domains"))


async def test_connections_that_ended_between_transactions_are_replaced(
    server: Database, upgraded_postgres_url: str
) -> None:
    await add_domain(server, "a.example")
    terminate(upgraded_postgres_url)
    await add_domain(server, "b.example")
    assert await count_domains(server) == 2


async def test_a_transaction_whose_connection_ends_is_lost_as_a_whole_and_the_next_one_works(
    server: Database, upgraded_postgres_url: str
) -> None:
    with pytest.raises(StorageError, match="the database failed"):
        await add_domains(server, lambda: terminate(upgraded_postgres_url))
    assert await count_domains(server) == 0
    await add_domain(server, "c.example")


async def test_locks_of_a_lost_connection_are_taken_again_before_anything_is_written(
    server: Database, upgraded_postgres_url: str
) -> None:
    assert await server.locks.acquire("one")
    terminate(upgraded_postgres_url)
    await add_domain(server, "a.example")
    async with Database.open(upgraded_postgres_url) as other:
        assert not await other.locks.acquire("one")


async def test_nothing_is_written_when_another_process_took_the_lost_lock(
    server: Database, upgraded_postgres_url: str
) -> None:
    assert await server.locks.acquire("one")
    terminate(upgraded_postgres_url)
    async with Database.open(upgraded_postgres_url) as other:
        assert await other.locks.acquire("one")
        with pytest.raises(LockLostError, match="another process took the lock"):
            await add_domain(server, "a.example")
        await server.locks.release("one")
        await add_domain(server, "b.example")
    assert await count_domains(server) == 1


async def test_a_lock_that_is_lost_within_a_transaction_prevents_its_commit(
    server: Database, upgraded_postgres_url: str
) -> None:
    assert await server.locks.acquire("one")
    async with Database.open(upgraded_postgres_url) as other:
        await add_domain(server, "b.example")
        with pytest.raises(LockLostError):
            await add_domains(
                server, partial(end_backend, upgraded_postgres_url, "pg_try_advisory_lock"), other
            )
    assert await count_domains(server) == 1


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1", "WIN1251", "EUC_JP"])
async def test_a_database_in_another_encoding_than_utf8_is_refused(
    postgres_server: str, encoding: str
) -> None:
    name = f"sitemap_test_{encoding.lower()}_{os.getpid()}"
    create = "CREATE DATABASE {} ENCODING {} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL(create).format(sql.Identifier(name), sql.Literal(encoding)))
        try:
            url = urlunsplit(urlsplit(postgres_server)._replace(path=f"/{name}"))
            async with Database.open_unprepared(url) as db:
                with pytest.raises(SchemaError, match=f"must be UTF8 .*it is {encoding}"):
                    await db.upgrade_schema()
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def path(sqlite_template: Path, tmp_path: Path) -> Path:
    path = tmp_path / "sitemap.db"
    path.write_bytes(sqlite_template.read_bytes())
    return path


def replace_file(path: Path, content: bytes | None) -> None:
    path.unlink()
    if content is not None:
        path.write_bytes(content)


@pytest.mark.parametrize("replacement", [None, b"", b"garbage"])
async def test_a_file_that_is_removed_or_replaced_is_noticed_before_a_commit(
    path: Path, replacement: bytes | None
) -> None:
    async with Database.open(str(path)) as db:
        await add_domain(db, "a.example")
        replace_file(path, replacement)
        with pytest.raises(StorageError, match=r"the file was (removed|replaced) during the run"):
            await add_domain(db, "b.example")


async def test_a_lock_file_that_is_removed_ends_the_work(path: Path) -> None:
    async with Database.open(str(path)) as db:
        assert await db.locks.acquire("one")
        path.with_name("sitemap.db-lock").unlink()
        with pytest.raises(LockLostError, match="the lock file was removed or replaced"):
            await add_domain(db, "a.example")


@pytest.mark.parametrize("link", [os.symlink, os.link])
async def test_a_lock_file_that_is_a_link_leaves_its_target_alone(
    path: Path, tmp_path: Path, link: Any
) -> None:
    target = tmp_path / "private"
    target.touch(mode=0o600)
    link(target, path.with_name("sitemap.db-lock"))
    async with Database.open(str(path)) as db:
        if link is os.symlink:
            with pytest.raises(StorageError, match="cannot lock"):
                await db.locks.acquire("one")
        else:
            assert await db.locks.acquire("one")
    assert target.stat().st_mode & 0o777 == 0o600


async def fill_disk(db: Database, *, is_brief: bool) -> None:
    row = {"tenant": "default", "digest": bytes(32), "body": bytes(1_000_000)}
    async with db.transaction(is_brief=is_brief) as session:
        await insert_or_ignore(session, RobotsBody, {**row, "digest": bytes([1]) * 32, "body": b"small"})
        await insert_or_ignore(session, RobotsBody, row)


@pytest.mark.parametrize("is_brief", [False, True])
async def test_a_full_disk_is_one_clear_error_and_leaves_nothing(path: Path, is_brief: bool) -> None:
    async with Database.open(str(path)) as db:
        async with db.transaction() as session:
            pages = await session.scalar(text("PRAGMA page_count"))
            await session.execute(text(f"PRAGMA max_page_count = {pages + 10}"))
        for _ in range(2):
            with pytest.raises(StorageError, match="cannot use the database") as caught:
                await fill_disk(db, is_brief=is_brief)
            assert caught.value.why == "the disk is full"
        await add_domain(db, "a.example")
        async with db.transaction() as session:
            await session.execute(text("PRAGMA max_page_count = 100000"))
        async with db.reading() as session:
            assert await session.scalar(text("SELECT count(*) FROM robots_bodies")) == 0
        await fill_disk(db, is_brief=is_brief)
        assert await count_domains(db) == 1


async def test_a_command_waits_once_for_the_write_lock_of_another_program(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "BUSY_MS", 300)
    async with Database.open(str(path)) as db:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            for _ in range(3):
                with pytest.raises(DatabaseBusyError, match="it was not free for 30 seconds"):
                    await add_domain(db, "a.example")
            async with db.writer.connect() as connection:
                raw: Any = (await connection.get_raw_connection()).driver_connection
                cursor = await raw.execute("PRAGMA busy_timeout")
                assert await cursor.fetchone() == (200,)
            other.execute("ROLLBACK")
        await add_domain(db, "a.example")


def test_new_ids_sort_after_recorded_ones_when_the_clock_went_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ids, "_newest", [0])
    recorded = "ffff0000-0000-7000-8000-000000000000"
    ids.follow_id(recorded)
    first, second = ids.generate_id(), ids.generate_id()
    assert recorded < first < second < next(ids.generate_ids())


@pytest.mark.parametrize("time_ns", [-(10**18), 0, 2**48 * 10**6 + 10**18])
def test_a_clock_out_of_range_still_gives_ids(monkeypatch: pytest.MonkeyPatch, time_ns: int) -> None:
    monkeypatch.setattr(ids, "_newest", [0])
    monkeypatch.setattr(ids.time, "time_ns", lambda: time_ns)
    assert len({ids.generate_id() for _ in range(3)}) == 3
