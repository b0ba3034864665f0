"""The fast road for rows that come by the million: ``executemany`` on SQLite's driver, COPY on Postgres."""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model import Child, Entry
from sitemap_cli.storage.models import children, entries

Row = tuple[Any, ...]

_encode = msgspec.json.Encoder().encode


async def insert_entries(session: AsyncSession, document_id: int, first: int, batch: Sequence[Entry]) -> None:
    """Add entries to a document, the first of them at position ``first``."""
    await _insert(session, entries, [_entry(document_id, at, each) for at, each in enumerate(batch, first)])


async def insert_children(
    session: AsyncSession, document_id: int, first: int, batch: Sequence[Child]
) -> None:
    """Add children to an index, the first of them at position ``first``."""
    rows = [
        (document_id, at, each.loc, each.lastmod, each.lastmod_utc, each.line)
        for at, each in enumerate(batch, first)
    ]
    await _insert(session, children, rows)


def _entry(document_id: int, position: int, entry: Entry) -> Row:
    return (
        document_id,
        position,
        entry.loc,
        entry.lastmod,
        entry.lastmod_utc,
        entry.changefreq,
        entry.priority,
        entry.line,
        _encode(entry.extensions).decode() if entry.extensions else None,
    )


async def _insert(session: AsyncSession, table: Table, rows: list[Row]) -> None:
    """Write rows whose values stand in the order of the table's columns."""
    if not rows:
        return
    connection = await session.connection()
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(table.columns))
        await connection.exec_driver_sql(f"INSERT INTO {table.name} VALUES ({marks})", rows)  # noqa: S608 - our own names
    else:
        await _to_the_end(_copy(session, table, rows))


async def _to_the_end(statement: Coroutine[Any, Any, None]) -> None:
    """Await a statement of the driver's own; a cancellation is raised only once it is done.

    SQLAlchemy gives up a connection whose statement was cancelled, but of this one it knows nothing:
    the rollback would be sent into the middle of it.
    """
    running = asyncio.ensure_future(statement)
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


async def _copy(session: AsyncSession, table: Table, rows: Iterable[Row]) -> None:
    raw = await (await session.connection()).get_raw_connection()
    driver: Any = raw.driver_connection
    async with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} FROM STDIN") as copy:
        for row in rows:
            await copy.write_row(row)
