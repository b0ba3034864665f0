"""Gives space of removed rows back: VACUUM on both databases, outside of any transaction."""

import logging
import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from sitemap_cli.errors import DatabaseBusyError, ReadOnlyError
from sitemap_cli.storage import engines, models, queue_schema, sqlite_files
from sitemap_cli.storage.database_url import format_url
from sitemap_cli.storage.driver_errors import BUSY_SECONDS, translate_errors
from sitemap_cli.storage.read_only_files import is_read_only
from sitemap_cli.storage.stoppable_work import Stop, run_in_thread

# The folder of SQLite's temporary files: https://sqlite.org/tempfiles.html#temporary_file_storage_locations
TEMPORARY_VARIABLES = ("SQLITE_TMPDIR", "TMPDIR")
TEMPORARY_FOLDERS = ("/var/tmp", "/usr/tmp", "/tmp", ".")  # noqa: S108 - where SQLite looks, in this order
SIZE = "SELECT pg_database_size(current_database())"
QUEUE_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = :schema ORDER BY tablename"

log = logging.getLogger(__name__)


async def measure_size(url: URL) -> int:
    """Return the bytes that a database takes on the disk: for SQLite the file and its log."""
    if url.get_backend_name() == "sqlite":
        return sqlite_files.find_size(url)
    with translate_errors(format_url(url)):
        engine = engines.autocommit_engine(url)
        try:
            async with engine.connect() as connection:
                return int(await connection.scalar(text(SIZE)) or 0)
        finally:
            await engine.dispose()


async def vacuum_sqlite(url: URL) -> bool:
    """Rebuild a SQLite file without free pages; return whether its end and its log could be cut off.

    They cannot while another process reads, and are cut off later. Other processes cannot write meanwhile. If
    this is stopped or killed, the database is as before.

    Raises:
        StorageError: the disk has not enough free space.
        DatabaseBusyError: another process writes.
    """
    where = format_url(url)
    if is_read_only(url):
        raise ReadOnlyError("cannot vacuum the database", where=where, why="this user may only read it")
    with translate_errors(where):
        return await run_in_thread(lambda stop: _rebuild(url, stop))


def _rebuild(url: URL, stop: Stop) -> bool:
    with sqlite_files.connect(url) as connection, stop.interrupting(connection):
        _require_space(url, connection)
        connection.execute("VACUUM")
        stop.check()
        # A database without a log returns -1 for both numbers.
        is_busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return not is_busy


def _require_space(url: URL, connection: sqlite3.Connection) -> None:
    """Check the free space: a temporary file and the log get everything that the database has.

    Raises:
        StorageError: there is not enough.
    """
    pages = sqlite_files.read_pragma(connection, "page_count")
    used = pages - sqlite_files.read_pragma(connection, "freelist_count")
    needed = used * sqlite_files.read_pragma(connection, "page_size")
    folder, temporary = Path(str(url.database)).resolve().parent, find_temporary_folder()
    what = "not enough free space to vacuum the database"
    hint = "free some space, or set SQLITE_TMPDIR to a folder on another disk"
    if folder.stat().st_dev == temporary.stat().st_dev:
        sqlite_files.require_space(folder, 2 * needed, what, hint)
    else:
        sqlite_files.require_space(folder, needed, what, "free some space")
        sqlite_files.require_space(temporary, needed, what, hint)


def find_temporary_folder() -> Path:
    """Return the folder in which SQLite makes temporary files."""
    named = [os.environ.get(each) for each in TEMPORARY_VARIABLES]
    for each in (*named, *TEMPORARY_FOLDERS):
        if each and Path(each).is_dir() and os.access(each, os.W_OK | os.X_OK):
            return Path(each)
    return Path()


async def vacuum_postgres(url: URL, on_wait: Callable[[str], None] | None) -> None:
    """Vacuum and analyze the tables of the program on Postgres, one after the other; others may use them.

    Args:
        url: the database.
        on_wait: receives a message if another process vacuums a table; None to give up after 30 seconds.

    Raises:
        DatabaseBusyError: another process has a table locked.
    """
    where = format_url(url)
    engine = engines.autocommit_engine(url)
    try:
        with translate_errors(where):
            async with engine.connect() as connection:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                driver.add_notice_handler(_log_notice)
                for table in await _list_tables(connection):
                    await _vacuum_table(connection, where, table, on_wait)
    finally:
        await engine.dispose()


async def _vacuum_table(
    connection: AsyncConnection, where: str, table: str, on_wait: Callable[[str], None] | None
) -> None:
    statement = text(f"VACUUM (ANALYZE) {table}")
    await connection.execute(text(f"SET lock_timeout = '{BUSY_SECONDS if on_wait is None else 1}s'"))
    try:
        with translate_errors(where):
            await connection.execute(statement)
    except DatabaseBusyError as error:
        if on_wait is None:
            raise
        on_wait(f"waiting: {error.what} ({table})")
        await connection.execute(text("SET lock_timeout = 0"))
        await connection.execute(statement)


async def _list_tables(connection: AsyncConnection) -> Sequence[str]:
    """Return the quoted names of the tables of the program and its queue."""
    quote = connection.dialect.identifier_preparer.quote
    names = [*models.entries.metadata.tables, "alembic_version"]
    queue = await connection.scalars(text(QUEUE_TABLES), {"schema": queue_schema.SCHEMA})
    return [*map(quote, names), *(f"{queue_schema.SCHEMA}.{quote(each)}" for each in queue)]


def _log_notice(diagnostic: Any) -> None:
    """Log what the server says, such as that this user may not vacuum a table."""
    log.warning("%s", diagnostic.message_primary)
