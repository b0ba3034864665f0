"""Inserts that give way to a row that is there already."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.storage.models import Base

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


async def insert_missing(session: AsyncSession, model: type[Base], values: dict[str, Any]) -> Any | None:
    """Insert a row unless its unique key exists; return the new row's id, or None when it gave way.

    On Postgres it waits for another transaction that is inserting the same key.
    """
    dialect = (await session.connection()).dialect.name
    statement = _INSERTS[dialect](model).values(values).on_conflict_do_nothing()
    return await session.scalar(statement.returning(model.__table__.c.id))
