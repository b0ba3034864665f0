"""Finds the one row that the user names by the beginning of its id."""

from typing import TypeVarTuple

from sqlalchemy import Row, Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from sitemap_cli.errors import NotFoundError

Columns = TypeVarTuple("Columns")


async def find_by_prefix(
    session: AsyncSession,
    query: Select[*Columns],
    ids: InstrumentedAttribute[str],
    prefix: str,
    *,
    what: str,
    hint: str,
) -> Row[*Columns]:
    """The one row of a query whose id begins with ``prefix``.

    Raises:
        NotFoundError: none does, or several do; it tells ``what`` has these ids, and who lists them.
    """
    like = prefix.strip().lower()
    rows = (await session.execute(query.where(ids.startswith(like, autoescape=True)).limit(2))).all()
    if not like or not rows:
        raise NotFoundError(f"unknown {what}", where=prefix, hint=hint)
    if len(rows) > 1:
        why = "several ids begin so"
        raise NotFoundError(f"ambiguous {what}", where=prefix, why=why, hint="give more of the id")
    return rows[0]
