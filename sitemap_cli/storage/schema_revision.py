"""Reads and upgrades the revision of the schema, and refuses databases of other programs."""

import stat
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import SchemaError, StorageError
from sitemap_cli.storage import read_only_files

if TYPE_CHECKING:
    from alembic.config import Config

# Importing Alembic takes half a second, so these constants are enough to see that nothing is to be done.
HEAD = "20261129_12"
KNOWN = frozenset(
    {
        *("20261123_1", "20261126_1", "20261126_2", "20261126_3", "20261127_1", "20261127_2", "20261128_1"),
        *("20261129_1", "20261129_2", "20261129_3", "20261129_4", "20261129_5", "20261129_6"),
        *("20261129_7", "20261129_8", "20261129_9", "20261129_10", "20261129_11", HEAD),
    }
)
LOCK_KEY = 0x51_7E_3A_90


def may_have_tables(url: URL) -> bool:
    """Return False for a SQLite file that is missing or empty; connecting would create it.

    Raises:
        StorageError: the path cannot be looked up, such as a link that leads to itself.
    """
    if url.get_backend_name() != "sqlite":
        return True
    try:
        status = Path(str(url.database)).stat()
        _require_regular(url, status.st_mode)
        return status.st_size > 0 or read_only_files.has_log(url)
    except FileNotFoundError:
        return False
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise StorageError(
            "cannot use the database", where=str(url.database), why=why, hint="check the path"
        ) from error


def _require_regular(url: URL, mode: int) -> None:
    """Check that it is a file; SQLite would wait for a pipe, or report an error of the disk."""
    if not stat.S_ISREG(mode):
        why = "it is a folder" if stat.S_ISDIR(mode) else "it is not a regular file"
        raise StorageError("cannot use the database", where=str(url.database), why=why, hint="check the path")


def create_folder(url: URL) -> None:
    """Create the folder of a SQLite file."""
    if url.get_backend_name() != "sqlite":
        return
    folder = Path(str(url.database)).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            "cannot create the folder of the database", where=str(folder), why=error.strerror
        ) from error


async def read_revision(session: AsyncSession, name: str) -> str | None:
    """Return the revision that is recorded in the database; None for an empty one.

    Raises:
        SchemaError: the database has the tables of another program, an unknown revision, or another encoding
            than UTF-8.
    """
    connection = await session.connection()
    if connection.dialect.name == "postgresql":
        await _require_utf8(session, name)
    tables = set(await connection.run_sync(_list_tables))
    if not tables:
        return None
    found = (
        await session.scalar(text("SELECT version_num FROM alembic_version")) if _are_ours(tables) else None
    )
    if found is None:
        raise SchemaError(
            "not a sitemap database",
            where=name,
            why="it contains other tables",
            hint="choose another database with --database",
        )
    if found not in KNOWN:
        raise SchemaError(
            "the database is newer than this program",
            where=name,
            why=f"its schema is {found}, this version knows schemas up to {HEAD}",
            hint="upgrade sitemap-cli; nothing was changed",
        )
    return str(found)


async def _require_utf8(session: AsyncSession, name: str) -> None:
    # A database in SQL_ASCII returns texts as bytes.
    encoding = await session.scalar(text("SELECT convert_to(current_setting('server_encoding'), 'UTF8')"))
    if encoding != b"UTF8":
        raise SchemaError(
            "the encoding of the database must be UTF8",
            where=name,
            why=f"it is {encoding.decode() if encoding else 'unknown'}",
            hint="CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0",
        )


def _list_tables(connection: Connection) -> list[str]:
    return inspect(connection).get_table_names()


def _are_ours(tables: set[str]) -> bool:
    return {"alembic_version", "jobs", "documents", "entries"} <= tables


def make_outdated_error(name: str, revision: str | None) -> SchemaError:
    """Return the error for a Postgres database without the current schema, or without any."""
    what = "the database has no schema yet" if revision is None else "the schema is not up to date"
    return SchemaError(what, where=name, hint="run: sitemap db upgrade")


def make_read_only_error(name: str, revision: str | None) -> SchemaError:
    """Return the error for a SQLite file without the current schema that may not be written."""
    if revision is None:
        hint = "try again when the first run has recorded something"
        return SchemaError(
            "the database is empty so far", where=name, why="this user may only read it", hint=hint
        )
    hint = "run as a user who may write it: sitemap db upgrade"
    return SchemaError(
        "the schema is not up to date", where=name, why="this user may only read it", hint=hint
    )


async def upgrade_schema(session: AsyncSession) -> None:
    """Run the missing revisions in the caller's transaction, in one process at a time."""
    connection = await session.connection()
    if connection.dialect.name == "postgresql":
        # SQLite needs no lock: BEGIN IMMEDIATE admits one process at a time.
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
    elif not await connection.run_sync(_list_tables):
        await connection.run_sync(create_tables)
        return
    await connection.run_sync(run_revisions)


def create_tables(connection: Connection) -> None:
    """Create the tables of a new SQLite file at once, in half the time that the revisions take."""
    from sitemap_cli.storage import job_indexes, models

    job_indexes.add_partial_indexes(models.table_of(models.Job))
    models.entries.metadata.create_all(connection, checkfirst=False)
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (HEAD,))


def run_revisions(connection: Connection) -> None:
    """Run the missing revisions."""
    from alembic import command

    config = build_alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def build_alembic_config() -> "Config":
    """Return Alembic's configuration for the revisions in this package."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "sitemap_cli.storage:migrations")
    return config
