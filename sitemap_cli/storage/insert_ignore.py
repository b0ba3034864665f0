"""Inserts that skip rows whose unique key exists."""

from functools import cache
from importlib import import_module
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.storage.declarative_base import Base
from sitemap_cli.storage.models import table_of
from sitemap_cli.storage.statements import Statement


async def insert_or_ignore(session: AsyncSession, model: type[Base], values: dict[str, Any]) -> Any | None:
    """Insert a row unless its unique key exists; return the id of the new row, or None.

    On Postgres it waits for other transactions that are inserting the same key.
    """
    return await _build_insert(session.get_bind().dialect.name, model, "id").find_value(session, values)


async def insert_new(
    session: AsyncSession, model: type[Base], rows: list[dict[str, Any]], key: str
) -> dict[Any, Any]:
    """Insert the rows whose unique keys do not exist; return the ids of these by their column ``key``.

    On Postgres it waits for other transactions that are inserting the same keys: give the rows in one order.
    """
    if not rows:
        return {}
    statement = _build_insert(session.get_bind().dialect.name, model, key, "id")
    return {row[0]: row[1] for row in await statement.insert_returning(session, rows)}


async def insert_all_or_ignore(session: AsyncSession, model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert the rows whose unique keys do not exist."""
    if rows:
        await _build_insert(session.get_bind().dialect.name, model).insert_rows(session, rows)


@cache
def _build_insert(dialect: str, model: type[Base], *returning: str) -> Statement:
    # Importing the dialect of Postgres takes as long as a short run, so only the one in use is imported.
    statement = (
        import_module(f"sqlalchemy.dialects.{dialect}").insert(table_of(model)).on_conflict_do_nothing()
    )
    if returning:
        statement = statement.returning(*(table_of(model).c[name] for name in returning))
    return Statement(statement)
