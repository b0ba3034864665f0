"""Find the row that the user names by a prefix of its id."""

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
    """Return the only row of a query whose id begins with ``prefix``.

    ``what`` and ``hint`` are for the error: what the ids belong to, and which command lists them.

    Raises:
        NotFoundError: no id begins with the prefix, or several do.
    """
    like = prefix.strip().lower()
    rows = (await session.execute(query.where(ids.startswith(like, autoescape=True)).limit(2))).all()
    if not like or not rows:
        raise NotFoundError(f"unknown {what}", where=prefix, hint=hint)
    if len(rows) > 1:
        why = "several ids begin with it"
        raise NotFoundError(f"ambiguous {what}", where=prefix, why=why, hint="give more of the id")
    return rows[0]
