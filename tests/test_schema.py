"""The migrations build exactly the tables that the code describes, on both databases."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from sitemap_cli.storage import schema_revision
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Base


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


async def test_the_revisions_build_the_tables_of_the_models(database_url: str) -> None:
    async with Database.open_unprepared(database_url) as db:
        await db.upgrade_schema()
        async with db.transaction() as session:
            connection = await session.connection()
            assert await connection.run_sync(differences) == []


async def test_a_missing_column_would_be_noticed(database_url: str) -> None:
    async with Database.open_unprepared(database_url) as db:
        await db.upgrade_schema()
        async with db.transaction() as session:
            await session.execute(text("ALTER TABLE domains DROP COLUMN note"))
            connection = await session.connection()
            assert len(await connection.run_sync(differences)) == 1


def test_the_known_revisions_are_those_that_are_shipped() -> None:
    script = ScriptDirectory.from_config(schema_revision.build_alembic_config())
    assert script.get_current_head() == schema_revision.HEAD
    assert {each.revision for each in script.walk_revisions()} == schema_revision.KNOWN


async def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    async with Database.open_unprepared(database_url) as db:
        await db.upgrade_schema()
        before = await db.read_revision()
        await db.upgrade_schema()
        assert (before, await db.read_revision()) == (schema_revision.HEAD, schema_revision.HEAD)


async def test_a_failed_upgrade_leaves_no_table_behind(database_url: str, monkeypatch) -> None:
    def broken(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE half_done (id INTEGER)"))
        raise RuntimeError("the revision is wrong")

    monkeypatch.setattr(schema_revision, "_run_alembic", broken)
    async with Database.open_unprepared(database_url) as db:
        with pytest.raises(RuntimeError, match="the revision is wrong"):
            await db.upgrade_schema()
        async with db.transaction() as session:
            tables = await (await session.connection()).run_sync(lambda each: inspect(each).get_table_names())
    assert tables == []


def test_every_revision_names_its_date() -> None:
    folder = Path(schema_revision.__file__).parent / "migrations" / "versions"
    for file in folder.glob("r*.py"):
        assert file.stem.startswith("r2026"), file.name
