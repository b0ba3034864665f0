"""Inserts that give way to a row that is there already."""

from importlib import import_module
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.storage.models import Base


async def insert_missing(session: AsyncSession, model: type[Base], values: dict[str, Any]) -> Any | None:
    """Insert a row unless its unique key exists; return the new row's id, or None when it gave way.

    On Postgres it waits for another transaction that is inserting the same key.
    """
    # Only the one that is needed: to import that of Postgres takes as long as a short run.
    dialect = import_module(f"sqlalchemy.dialects.{(await session.connection()).dialect.name}")
    statement = dialect.insert(model).values(values).on_conflict_do_nothing()
    return await session.scalar(statement.returning(model.__table__.c.id))
