"""Inserts millions of rows: many rows per statement on SQLite, COPY on Postgres."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from itertools import chain, compress, count, islice
from mmap import mmap
from typing import Any, Generic, NamedTuple, TypeVar

from msgspec.structs import astuple
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sitemap_cli.aio import uncancelled
from sitemap_cli.model.item_batch import EntryColumns
from sitemap_cli.model.values import Child
from sitemap_cli.storage import entry_rows, prepared_rows
from sitemap_cli.storage.entry_rows import ROWS, has_values
from sitemap_cli.storage.models import children, entries
from sitemap_cli.storage.statements import execute_text

T = TypeVar("T")
Columns = Sequence[Sequence[Any]]
Bound = tuple[Any, ...]

COPY_BYTES = 1024 * 1024
"""Bytes sent at a time to COPY."""
CANCEL_SECONDS = 2.0
"""Time allowed for telling Postgres that a COPY is cancelled."""


class Part(NamedTuple, Generic[T]):
    """Consecutive rows of one document, beginning at position ``first``."""

    document_id: int
    first: int
    rows: T


async def insert_entries(session: AsyncSession, parts: Sequence[Part[EntryColumns]]) -> None:
    """Add entries to documents."""
    columns = [Part(*each[:2], entry_rows.build_columns(each.rows)) for each in parts if each.rows]
    await _insert_columns(session, entries, columns)


async def insert_columns(session: AsyncSession, part: Part[Columns]) -> None:
    """Add entries to a document, given as the columns of the table after its key."""
    await _insert_columns(session, entries, [part])


async def insert_prepared(session: AsyncSession, document_id: int, rows: bytes | mmap) -> None:
    """Add the entries that another process prepared to a document without any."""
    connection = await session.connection()
    if connection.dialect.name != "sqlite":
        blocks = (rows[at : at + COPY_BYTES] for at in range(0, len(rows), COPY_BYTES))
        await _copy_rows(connection, entries, blocks)
        return
    driver: Any = (await connection.get_raw_connection()).driver_connection
    schema = f"{prepared_rows.SCHEMA}{len(driver.images)}"
    await driver.run(driver.attach_image, rows, schema)
    await connection.exec_driver_sql(
        f"INSERT INTO entries SELECT ?, rowid, * FROM {schema}.entries",  # noqa: S608 - our own name
        (document_id,),
    )


async def insert_children(session: AsyncSession, parts: Sequence[Part[Sequence[Child]]]) -> None:
    """Add children to indexes."""
    columns = list[Part[Columns]]()
    for document_id, first, rows in parts:
        if rows:
            columns.append(Part(document_id, first, list(zip(*map(astuple, rows), strict=True))))
    await _insert_columns(session, children, columns)


async def _insert_columns(session: AsyncSession, table: Table, parts: Sequence[Part[Columns]]) -> None:
    """Insert rows, given as the table's columns after the two of its key, in order."""
    if not parts:
        return
    if session.get_bind().dialect.name != "sqlite":
        connection = await session.connection()
        await _copy_rows(connection, table, [entry_rows.format_copy_text(*each).encode() for each in parts])
        return
    bound = defaultdict[tuple[int, tuple[bool, ...]], list[Bound]](list)
    for document_id, first, columns in parts:
        used = tuple(map(has_values, columns))
        width = sum(used)
        values = chain.from_iterable(zip(*compress(columns, used), strict=True))
        end = first + len(columns[0])
        middle = end - (end - first) % ROWS
        for size, start, stop in ((ROWS, first, middle), (1, middle, end)):
            for at in range(start, stop, size):
                bound[size, used].append((document_id, at, *islice(values, size * width)))
    for (size, used), rows in bound.items():
        await execute_text(session, _build_insert(table, size, used), rows)


@cache
def _build_insert(table: Table, size: int, used: tuple[bool, ...]) -> str:
    """Return an INSERT of ``size`` rows; its parameters are the document, the first position, the values.

    The columns after the key that are not ``used`` are NULL.
    """
    numbers = count(3)
    rows = (
        f"(?1, ?2 + {at}, {', '.join(f'?{next(numbers)}' if each else 'NULL' for each in used)})"
        for at in range(size)
    )
    return f"INSERT INTO {table.name} VALUES {', '.join(rows)}"  # noqa: S608 - our own names


async def _copy_rows(connection: AsyncConnection, table: Table, blocks: Iterable[bytes]) -> None:
    """Insert lines in the text format of COPY."""
    driver: Any = (await connection.get_raw_connection()).driver_connection

    async def send_rows() -> None:
        async with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} FROM STDIN") as copy:
            for block in blocks:
                await copy.write(block)

    async def end_copy() -> None:
        from psycopg import Error

        # It may wait for a lock. If it has just ended, or the server is gone, there is nothing to cancel.
        with suppress(Error):
            await driver.cancel_safe(timeout=CANCEL_SECONDS)

    # COPY bypasses SQLAlchemy. If it were cancelled, SQLAlchemy would not drop the connection, but send a
    # rollback in the middle of COPY.
    await uncancelled(send_rows(), end_copy)
