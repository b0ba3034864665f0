"""Finds tables, columns, indexes and triggers that a database should have and lacks."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, Table, inspect, text
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.storage import models

TRIGGER = """
    SELECT count(*) FROM pg_trigger
    WHERE tgname = 'delete_entries' AND tgrelid = 'documents'::regclass AND tgenabled <> 'D'
"""


class Missing(NamedTuple):
    """What a database lacks: what commands need, and indexes, without which they are slow."""

    needed: list[str]
    indexes: list[str]


async def find_missing(session: AsyncSession) -> Missing:
    """Return what a database with the current revision lacks."""
    connection = await session.connection()
    missing = await connection.run_sync(_compare)
    if connection.dialect.name == "postgresql" and not await session.scalar(text(TRIGGER)):
        missing.needed.append("trigger delete_entries")
    return missing


def _compare(connection: Connection) -> Missing:
    inspector = inspect(connection)
    existing = set(inspector.get_table_names())
    missing = Missing([], [])
    for table in models.entries.metadata.sorted_tables:
        if table.name not in existing:
            missing.needed.append(f"table {table.name}")
            continue
        columns = {each["name"] for each in inspector.get_columns(table.name)}
        missing.needed.extend(
            f"column {table.name}.{each.name}" for each in table.columns if each.name not in columns
        )
        indexes = {each["name"] for each in inspector.get_indexes(table.name)}
        missing.indexes.extend(f"index {name}" for name in _name_indexes(table) if name not in indexes)
    return missing


def _name_indexes(table: Table) -> Iterator[str]:
    yield from sorted(str(each.name) for each in table.indexes)
