"""The tables of the job queue: those of Procrastinate, in a Postgres schema of their own."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

SCHEMA = "sitemap_queue"
# Without this index, looking up a lock reads a whole index, which takes 30 ms for a million jobs:
# https://github.com/procrastinate-org/procrastinate/issues/1242
OURS = """
    CREATE TABLE applied (name text PRIMARY KEY);
    CREATE INDEX sitemap_jobs_lock ON procrastinate_jobs (lock, priority DESC, id)
    WHERE status IN ('todo', 'doing');
"""


def is_installed() -> bool:
    """Return whether Procrastinate is installed."""
    from importlib.util import find_spec

    return find_spec("procrastinate") is not None


async def has_queue(session: AsyncSession) -> bool:
    """Return whether the tables of the queue exist."""
    return bool(await session.scalar(text("SELECT to_regclass('sitemap_queue.applied') IS NOT NULL")))


async def upgrade_queue(session: AsyncSession) -> None:
    """Create the tables, or upgrade them to those of the installed Procrastinate.

    Procrastinate ships its migrations but does not record which were applied; the table ``applied`` does.
    """
    changes = dict(_read_migrations())
    known = await has_queue(session)
    if not known:
        await session.execute(text("CREATE SCHEMA sitemap_queue"))
    async with queue_connection(session) as connection:
        if known:
            rows = await connection.execute("SELECT name FROM applied")
            for (name,) in await rows.fetchall():
                changes.pop(name, None)
            for statements in changes.values():
                await connection.execute(statements)
        else:
            await connection.execute(_read_full_schema())
            await connection.execute(OURS)
        for name in changes:
            await connection.execute("INSERT INTO applied VALUES (%s)", (name,))


@asynccontextmanager
async def queue_connection(session: AsyncSession) -> AsyncIterator[Any]:
    """Give the psycopg connection of a session, with the schema of the queue as its search path."""
    connection = (await (await session.connection()).get_raw_connection()).driver_connection
    before = await session.scalar(text("SELECT current_setting('search_path')"))
    search = text("SELECT set_config('search_path', :path, true)")
    await session.execute(search, {"path": SCHEMA})
    yield connection
    await session.execute(search, {"path": before})


def _read_full_schema() -> str:
    from procrastinate.schema import SchemaManager

    return SchemaManager.get_schema()


def _read_migrations() -> Iterator[tuple[str, str]]:
    """Yield name and SQL of each migration, in order."""
    from procrastinate.schema import SchemaManager

    for path in sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql")):
        yield path.name, path.read_text(encoding="utf-8")
