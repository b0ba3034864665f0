"""The migrations build exactly the tables that the code describes, on both databases."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text

from sitemap_cli.storage import job_indexes, schema_revision
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Base, Job, table_of


def differences(connection: Connection) -> list[object]:
    def is_built(_: object, name: str | None, kind: str, *__: object) -> bool:
        # Alembic does not know that a constraint may be that of another dialect.
        is_foreign = kind == "foreign_key_constraint" and name == "fk_entries_document_id_documents"
        return connection.dialect.name == "sqlite" or not is_foreign

    job_indexes.add_partial_indexes(table_of(Job))
    options = {"compare_type": True, "include_object": is_built}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, Base.metadata))


async def test_the_revisions_build_the_tables_of_the_models(database_url: str) -> None:
    async with Database.open_unprepared(database_url) as db, db.transaction() as session:
        connection = await session.connection()
        await connection.run_sync(schema_revision.run_revisions)
        assert await connection.run_sync(differences) == []


DESCRIBED = """
    SELECT t.name, c.name, c.type, c."notnull", c.dflt_value, c.pk FROM pragma_table_list t,
        pragma_table_info(t.name) c WHERE t.schema = 'main' AND t.name NOT LIKE 'sqlite%'
    UNION ALL SELECT t.name, 'rowid', t.wr, '', '', '' FROM pragma_table_list t WHERE t.schema = 'main'
    UNION ALL SELECT t.name, 'to ' || f."table", f."from", f."to", f.on_delete, f.on_update
        FROM pragma_table_list t, pragma_foreign_key_list(t.name) f WHERE t.schema = 'main'
    UNION ALL SELECT t.name, i.name, i."unique", i.origin, x.seqno, x.name FROM pragma_table_list t,
        pragma_index_list(t.name) i, pragma_index_info(i.name) x WHERE t.schema = 'main'
    UNION ALL SELECT 'alembic_version', version_num, '', '', '', '' FROM alembic_version
"""


def test_a_new_sqlite_file_has_the_tables_that_the_revisions_build() -> None:
    built = []
    for create in (schema_revision.create_tables, schema_revision.run_revisions):
        engine = create_engine("sqlite://")
        with engine.begin() as connection:
            create(connection)
            built.append(sorted(map(repr, connection.execute(text(DESCRIBED)))))
        engine.dispose()
    assert len(built[0]) > 100
    assert built[0] == built[1]


async def test_a_missing_column_would_be_noticed(database_url: str) -> None:
    async with Database.open_unprepared(database_url) as db:
        await db.upgrade_schema()
        async with db.transaction() as session:
            await session.execute(text("ALTER TABLE domains DROP COLUMN note"))
            connection = await session.connection()
            assert len(await connection.run_sync(differences)) == 1


async def test_the_entries_of_a_document_are_deleted_with_it(database_url: str) -> None:
    document = "INSERT INTO documents (id, tenant, digest, kind, complete, bytes, urls, children, problems, "
    document += "created_at) VALUES (:id, 'default', :digest, 'urlset', true, 1, 1, 0, 0, '2026-11-29')"
    entry = "INSERT INTO entries (document_id, position, loc) VALUES (:id, 1, 'https://example.com/')"
    async with Database.open_unprepared(database_url) as db:
        await db.upgrade_schema()
        async with db.transaction() as session:
            for id_ in (1, 2, 3):
                await session.execute(text(document), {"id": id_, "digest": bytes([id_])})
                await session.execute(text(entry), {"id": id_})
        async with db.transaction() as session:
            await session.execute(text("DELETE FROM documents WHERE id < 3"))
        async with db.reading() as session:
            assert (await session.scalars(text("SELECT document_id FROM entries"))).all() == [3]


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

    for name in ("create_tables", "run_revisions"):
        monkeypatch.setattr(schema_revision, name, broken)
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
