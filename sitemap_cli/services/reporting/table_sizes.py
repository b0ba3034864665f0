"""Sizes of tables: measured without a look at the entries, or estimated where SQLite cannot measure."""

from collections.abc import Sequence

from sqlalchemy import Table, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.database_results import TableSize
from sitemap_cli.storage import models
from sitemap_cli.storage.models import Document

# Rows of each table that an estimate looks at.
SAMPLE = 1_000
# https://sqlite.org/dbstat.html: it reads all pages of what it measures.
BTREE = text("SELECT sum(pgsize) FROM dbstat WHERE name = :name AND aggregate = TRUE")
HAS_DBSTAT = text("SELECT sqlite_compileoption_used('ENABLE_DBSTAT_VTAB')")
BTREES = text("SELECT name, tbl_name, type FROM sqlite_master WHERE rootpage > 0 ORDER BY name")
USED = text(
    "SELECT (page_count - freelist_count) * page_size"
    " FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()"
)
POSTGRES = text("""
    SELECT CASE n.nspname WHEN 'sitemap_queue' THEN n.nspname ELSE c.relname END AS name,
        sum(pg_table_size(c.oid)), sum(pg_indexes_size(c.oid))
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname IN (current_schema(), 'sitemap_queue') GROUP BY 1
""")

_ENTRIES = models.entries.name


async def measure_tables(session: AsyncSession) -> Sequence[TableSize] | None:
    """Return the sizes of all tables, the largest first; None if this SQLite cannot measure them.

    The entries, which are most of a large database, have what all others leave of a SQLite file.
    """
    if (await session.connection()).dialect.name != "sqlite":
        found = [
            TableSize(name, int(size), int(more)) for name, size, more in await session.execute(POSTGRES)
        ]
        return _sort(found)
    if not await session.scalar(HAS_DBSTAT):
        return None
    sizes: dict[str, list[int]] = {}
    for name, table, kind in [("sqlite_schema", "sqlite_schema", "table"), *await session.execute(BTREES)]:
        size = sizes.setdefault(table, [0, 0])
        if name != _ENTRIES:
            size[kind == "index"] += await session.scalar(BTREE, {"name": name}) or 0
    others = sum(map(sum, sizes.values()))
    if _ENTRIES in sizes:
        sizes[_ENTRIES][0] = max((await session.scalar(USED) or 0) - others, 0)
    return _sort([TableSize(name, *size) for name, size in sizes.items()])


async def estimate_tables(session: AsyncSession) -> Sequence[TableSize]:
    """Return estimates of the sizes of tables with their indexes, from the first rows of each."""
    weights = {}
    for table in models.entries.metadata.sorted_tables:
        lengths = [func.coalesce(func.length(each), 1) for each in table.columns]
        row = sum(lengths[1:], lengths[0]).label("bytes")
        sample = select(row).select_from(table).limit(SAMPLE).subquery()
        weights[table.name] = float(await session.scalar(select(func.avg(sample.c.bytes))) or 0)
        weights[table.name] *= await _count_rows(session, table)
    whole, used = sum(weights.values()) or 1, await session.scalar(USED) or 0
    return _sort([TableSize(name, round(used * each / whole), 0) for name, each in weights.items()])


async def _count_rows(session: AsyncSession, table: Table) -> int:
    """Return the number of rows; documents count their entries."""
    if table is models.entries:
        return int(await session.scalar(select(func.sum(Document.urls))) or 0)
    return await session.scalar(select(func.count()).select_from(table)) or 0


def _sort(found: Sequence[TableSize]) -> Sequence[TableSize]:
    return sorted(found, key=lambda each: (-each.bytes - each.index_bytes, each.table))
