"""Find the row that the user names by a prefix of its id."""

from collections.abc import Callable
from typing import TypeVarTuple

from sqlalchemy import Row, Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from sitemap_cli.errors import NotFoundError
from sitemap_cli.model.short_ids import split_short_id

Columns = TypeVarTuple("Columns")


LAST = ("last", "latest")
"""Names for the newest row; ids are hexadecimal, so that no id begins like this."""
MAX_CANDIDATES = 8
# The last id that there can be.
LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff"


async def find_by_prefix(
    session: AsyncSession,
    query: Select[*Columns],
    ids: InstrumentedAttribute[str],
    prefix: str,
    *,
    what: str,
    hint: str,
    describe: Callable[[Row[*Columns]], str],
) -> Row[*Columns]:
    """Return the only row of a query whose id begins with ``prefix``, or the newest one for ``last``.

    A prefix such as ``01a228f7..af64`` also names the end of the id.

    ``what`` and ``hint`` are for the error: what the ids belong to, and which command lists them.
    ``describe`` makes a candidate of an ambiguous prefix.

    Raises:
        NotFoundError: no id begins with the prefix, or several do.
    """
    like, end = split_short_id(prefix)
    newest = query.order_by(ids.desc())
    if like in LAST:
        rows = (await session.execute(newest.limit(1))).all()
    else:
        # For a LIKE alone, SQLite would look at every id.
        possible = ids.between(like, like + LAST_ID[len(like) :])
        named = newest.where(
            possible, ids.startswith(like, autoescape=True), ids.endswith(end, autoescape=True)
        ).limit(MAX_CANDIDATES + 1)
        rows = (await session.execute(named)).all()
    if like in LAST and not rows:
        raise NotFoundError(f"there is no {what} yet", hint=hint)
    if not (like or end) or not rows:
        raise NotFoundError(f"unknown {what}", where=prefix, hint=hint)
    if len(rows) > 1:
        more = ["…"] if len(rows) > MAX_CANDIDATES else []
        candidates = ", ".join([*map(describe, rows[:MAX_CANDIDATES]), *more])
        why = f"several ids begin with it: {candidates}"
        raise NotFoundError(f"ambiguous {what}", where=prefix, why=why, hint="give more of the id")
    return rows[0]
