"""Inserts that give way to a row that is there already."""

from importlib import import_module
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.storage.models import Base


async def insert_missing(session: AsyncSession, model: type[Base], values: dict[str, Any]) -> Any | None:
    """Insert a row unless its unique key exists; return the new row's id, or None when it gave way.

    On Postgres it waits for another transaction that is inserting the same key.
    """
    statement = (await _insert(session, model)).on_conflict_do_nothing()
    return await session.scalar(statement.returning(model.__table__.c.id), values)


async def insert_all_missing(session: AsyncSession, model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert those rows whose unique keys do not exist."""
    if rows:
        await session.execute((await _insert(session, model)).on_conflict_do_nothing(), rows)


async def _insert(session: AsyncSession, model: type[Base]) -> Any:
    # Only the one that is needed: to import that of Postgres takes as long as a short run.
    dialect = import_module(f"sqlalchemy.dialects.{(await session.connection()).dialect.name}")
    return dialect.insert(model.__table__)
