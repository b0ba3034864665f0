"""Where transactions begin and end, on SQLite and on Postgres."""

import asyncio
import datetime as dt
import hashlib
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import aiosqlite
import pytest
from sqlalchemy import func, select, text

from sitemap_cli.errors import DatabaseBusyError, SchemaError, StorageError
from sitemap_cli.services.recording import domains
from sitemap_cli.storage import aiosqlite_connection, engines
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Domain, Job, Tag
from tests.patience import PATIENCE


async def count(db: Database) -> int:
    async with db.reading() as session:
        return await session.scalar(select(func.count()).select_from(Domain)) or 0


async def test_a_transaction_is_committed_at_its_end(upgraded_database_url: str) -> None:
    async with Database.open(upgraded_database_url) as db:
        async with db.transaction() as session:
            await domains.ensure_domain(session, "default", "example.com")
        assert await count(db) == 1


async def half_a_unit(db: Database, *, is_brief: bool = False) -> None:
    async with db.transaction(is_brief=is_brief) as session:
        await domains.ensure_domain(session, "default", "example.com")
        raise RuntimeError("halfway")


async def test_a_transaction_that_fails_leaves_nothing(upgraded_database_url: str) -> None:
    async with Database.open(upgraded_database_url) as db:
        with pytest.raises(RuntimeError, match="halfway"):
            await half_a_unit(db)
        assert await count(db) == 0
        assert db.writer.pool.checkedout() == 0


async def test_a_reading_session_cannot_write(upgraded_database_url: str) -> None:
    async with Database.open(upgraded_database_url) as db:
        with pytest.raises(StorageError):
            async with db.reading() as session:
                await session.execute(text("DELETE FROM domains"))
        assert db.reader.pool.checkedout() == 0


async def test_a_reading_session_sees_one_state(upgraded_database_url: str) -> None:
    async with Database.open(upgraded_database_url) as db, db.reading() as session:
        query = select(func.count()).select_from(Domain)
        assert await session.scalar(query) == 0
        async with db.transaction() as writing:
            await domains.ensure_domain(writing, "default", "example.com")
        assert await session.scalar(query) == 0


async def test_writers_take_turns_and_none_is_turned_away(upgraded_database_url: str) -> None:

    async def write(number: int) -> None:
        async with Database.open(upgraded_database_url) as db:
            for each in range(25):
                async with db.transaction() as session:
                    await session.scalar(select(func.count()).select_from(Domain))
                    await domains.ensure_domain(session, "default", f"{number}-{each}.example")

    await asyncio.gather(*(write(number) for number in range(8)))
    async with Database.open(upgraded_database_url) as db:
        assert await count(db) == 200


async def test_the_same_domain_added_by_many_at_once_is_one(upgraded_database_url: str) -> None:

    async def add() -> int:
        async with Database.open(upgraded_database_url) as db, db.transaction() as session:
            return await domains.ensure_domain(session, "default", "example.com")

    assert len(set(await asyncio.gather(*(add() for _ in range(8))))) == 1


async def test_a_domain_added_in_many_spellings_at_once_is_one(upgraded_database_url: str) -> None:
    spellings = ["müller.example", "xn--mller-kva.example", "müller.example:443", "xn--mller-kva.example."]

    async def add(name: str) -> int:
        async with Database.open(upgraded_database_url) as db, db.transaction() as session:
            return await domains.ensure_domain(session, "default", name)

    assert len(set(await asyncio.gather(*(add(name) for name in spellings * 3)))) == 1
    async with Database.open(upgraded_database_url) as db:
        assert await count(db) == 1


async def test_two_spellings_of_a_domain_that_were_recorded_become_one(upgraded_database_url: str) -> None:
    now = dt.datetime.now(dt.UTC)
    names = {"xn--mller-kva.example": (None, ["a"]), "müller.example": ("ask Ada", ["a", "b"])}
    async with Database.open(upgraded_database_url) as db:
        async with db.transaction() as session:
            for name, (note, tags) in names.items():
                domain = Domain(tenant="default", name=name, note=note, created_at=now)
                session.add(domain)
                await session.flush()
                session.add_all(Tag(domain_id=domain.id, tag=tag) for tag in tags)
                job = Job(id=f"job of {name}", tenant="default", domain_id=domain.id, target=name)
                job.status, job.created_at = "completed", now
                session.add(job)
        async with db.transaction() as session:
            kept = await domains.ensure_domain(session, "default", "müller.example")
        async with db.reading() as session:
            assert set(await session.scalars(select(Job.domain_id))) == {kept}
            assert set(await session.scalars(select(Tag.tag).where(Tag.domain_id == kept))) == {"a", "b"}
            assert list(await session.scalars(select(Domain.note))) == ["ask Ada"]


UPGRADE = [sys.executable, "-m", "sitemap_cli", "db", "upgrade", "--database"]


def test_two_processes_that_upgrade_at_once_both_succeed(database_url: str) -> None:
    running = [
        subprocess.Popen([*UPGRADE, database_url], stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    ends = [(process.communicate()[1], process.returncode) for process in running]
    assert [code for _, code in ends] == [0, 0, 0], ends


async def test_a_sqlite_database_has_the_settings_it_needs(tmp_path: Path) -> None:
    async with Database.open(str(tmp_path / "new" / "sitemap.db")) as db, db.transaction() as session:
        found = {
            name: await session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 1,
        "foreign_keys": 1,
        "busy_timeout": engines.BUSY_MS,
    }


async def test_postgres_without_schema_needs_the_upgrade(postgres_url: str) -> None:
    with pytest.raises(SchemaError, match="the database has no schema yet") as caught:
        async with Database.open(postgres_url):
            pass
    assert caught.value.hint == "run: sitemap db upgrade"


async def test_a_schema_of_a_newer_version_is_refused_and_not_changed(upgraded_database_url: str) -> None:
    async with Database.open(upgraded_database_url) as db, db.transaction() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '29991231_1'"))
    for act in ("open", "upgrade"):
        with pytest.raises(SchemaError, match="newer than this program"):
            async with Database.open_unprepared(upgraded_database_url) as db:
                await (db.read_revision() if act == "open" else db.upgrade_schema())


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE customers (name TEXT)")
    connection.close()


def noise(path: Path) -> None:
    path.write_bytes(b"not a database at all " * 500)


def version_only(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('abc')")
    connection.close()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (foreign, "not a sitemap database"),
        (noise, "not a database"),
        (version_only, "not a sitemap database"),
    ],
)
async def test_a_file_of_another_program_is_refused_and_not_changed(tmp_path, make, message) -> None:
    path = tmp_path / "other.db"
    make(path)
    before = hashlib.sha256(path.read_bytes()).digest()
    with pytest.raises(StorageError, match=message):
        async with Database.open(str(path)):
            pass
    assert hashlib.sha256(path.read_bytes()).digest() == before
    assert [each.name for each in tmp_path.iterdir()] == ["other.db"]


async def test_a_database_locked_for_too_long_is_an_error(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(engines, "BUSY_MS", 50)
    path = tmp_path / "sitemap.db"
    async with Database.open(str(path)) as db:
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusyError, match="locked by another process") as caught:
            async with db.transaction() as session:
                await domains.ensure_domain(session, "default", "example.com")
        holder.rollback()
        holder.close()
        assert caught.value.exit_code == 75
        assert await count(db) == 0


async def test_a_brief_transaction_is_committed_or_leaves_nothing(upgraded_database_url: str) -> None:
    async with Database.open(upgraded_database_url) as db:
        async with db.transaction(is_brief=True) as session:
            await domains.ensure_domain(session, "default", "example.com")
        with pytest.raises(RuntimeError, match="halfway"):
            await half_a_unit(db, is_brief=True)
        assert await count(db) == 1
        assert db.writer.pool.checkedout() == 0


async def test_a_brief_transaction_does_without_the_thread_of_the_connection(
    tmp_path: Path, monkeypatch
) -> None:
    switches = list[str]()
    execute = aiosqlite.Connection._execute

    async def counted(self, function, *arguments, **options):
        switches.append(function.__name__)
        return await execute(self, function, *arguments, **options)

    async with Database.open(str(tmp_path / "sitemap.db")) as db:
        monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
        for is_brief, expected in ((False, ["_execute", "_execute", "commit"]), (True, [])):
            async with db.transaction(is_brief=is_brief) as session:
                await session.execute(text("UPDATE domains SET note = 'a'"))
                await session.execute(text("UPDATE domains SET note = 'b'"))
            assert switches == expected
            switches.clear()


async def test_the_log_of_brief_transactions_is_copied_by_the_thread(tmp_path: Path, monkeypatch) -> None:
    """A copy waits for the disk, and all other work of the process would wait for it."""
    path, sizes = tmp_path / "sitemap.db", list[int]()
    execute = aiosqlite.Connection._execute

    async def noted(self, function, *arguments, **options):
        before = path.stat().st_size
        try:
            return await execute(self, function, *arguments, **options)
        finally:
            sizes.append(path.stat().st_size - before)

    monkeypatch.setattr(aiosqlite_connection, "MAX_CHANGES", 50)
    monkeypatch.setattr(aiosqlite_connection, "PAGES", 10)
    async with Database.open(str(path)) as db:
        monkeypatch.setattr(aiosqlite.Connection, "_execute", noted)
        before = path.stat().st_size
        for number in range(60):
            async with db.transaction(is_brief=True) as session:
                id_ = await domains.ensure_domain(session, "default", f"{number}.example")
                values = {"note": "a" * 50_000, "id": id_}
                await session.execute(text("UPDATE domains SET note = :note WHERE id = :id"), values)
        assert len(sizes) in (2, 3)
        assert sum(sizes) == path.stat().st_size - before > 1_000_000


async def test_a_brief_transaction_waits_for_another_process_without_blocking_the_loop(
    tmp_path: Path,
) -> None:
    path = tmp_path / "sitemap.db"
    async with Database.open(str(path)) as db:
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")

        async def write() -> None:
            async with db.transaction(is_brief=True) as session:
                await domains.ensure_domain(session, "default", "example.com")

        writing = asyncio.ensure_future(write())
        done, _ = await asyncio.wait([writing], timeout=0.1)
        assert not done
        holder.rollback()
        holder.close()
        await writing
        assert await count(db) == 1


@pytest.mark.parametrize(
    ("database", "message"),
    [
        ("mysql://localhost/x", "unknown kind of database"),
        ("sqlite://", "needs a file"),
        ("postgresql://user:secret@host:port/x", "not a database URL"),
    ],
)
def test_a_url_that_names_no_database_is_refused_without_its_password(database, message) -> None:
    with pytest.raises(StorageError, match=message) as caught:
        Database(database)
    assert "secret" not in str(caught.value)


def test_a_password_is_never_shown() -> None:
    assert "secret" not in Database("postgresql://me:secret@localhost/x").name


async def test_a_server_that_cannot_be_reached_is_one_clear_error() -> None:
    with pytest.raises(StorageError, match="refused") as caught:
        async with Database.open("postgresql://me:secret@127.0.0.1:1/x"):
            pass
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("is_brief", [False, True])
async def test_no_transaction_waits_for_a_connection_whose_thread_cannot_be_started(
    is_brief: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "sitemap.db")
    async with Database.open(path):
        pass
    start, refused = threading.Thread.start, list[threading.Thread]()

    def refuse_first(thread: threading.Thread) -> None:
        if not refused:
            refused.append(thread)
            raise RuntimeError("can't start new thread")
        start(thread)

    async def use(db: Database) -> int:
        async with db.transaction(is_brief=is_brief) as session:
            return await session.scalar(text("SELECT 1")) or 0

    async with Database.open(path) as db:
        monkeypatch.setattr(threading.Thread, "start", refuse_first)
        async with asyncio.timeout(PATIENCE):
            first, *others = await asyncio.gather(*(use(db) for _ in range(3)), return_exceptions=True)
        assert str(first) == "can't start new thread"
        assert others == [1, 1]
        assert db.count_connections()["writer"] == (0, 1)
