"""Load columns of many entries as one text each: the database joins the values, in C."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, FromClause, Select, String, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.entry_batch import SEPARATOR
from sitemap_cli.storage.models import entries

# Part of the SQL text: SQLite would copy a parameter again for each row, which takes as long as joining.
_SEPARATOR, _MISSING = (bindparam(None, each, String, literal_execute=True) for each in (SEPARATOR, ""))


def select_joined(
    dialect: str,
    columns: Sequence[ColumnElement[Any]],
    *where: ColumnElement[bool],
    key: Sequence[ColumnElement[Any]] = (),
) -> Select[*tuple[Any, ...]]:
    """Return a SELECT of joined columns of entries, in the order of the entries.

    SQLite reads the rows of a clustered table in this order. Postgres does not promise it, so there a
    subquery sorts them; SQLite would copy every row for that.

    Args:
        dialect: the name of the SQL dialect.
        columns: columns of ``entries``; a missing value becomes an empty one.
        where: the conditions that the entries meet.
        key: columns that begin the rows; each of their values has a row of its own. Without them there is
            one row.

    Returns:
        A SELECT of ``key``, the number of entries, and the columns.
    """
    rows: FromClause = entries
    if dialect != "sqlite":
        sorted_ = select(*key, *columns).where(*where).order_by(entries.c.document_id, entries.c.position)
        rows, where = sorted_.subquery(), ()
    names = [each.name for each in key]
    joined = (_join_values(rows.c[each.name]) for each in columns)
    statement = select(*(rows.c[name] for name in names), func.count(), *joined).select_from(rows)
    return statement.where(*where).group_by(*(rows.c[name] for name in names))


def _join_values(column: ColumnElement[Any]) -> ColumnElement[str]:
    # The separator is typed as a text, but any expression will do.
    return func.aggregate_strings(func.coalesce(column, _MISSING), cast("str", _SEPARATOR))


async def find_dialect(session: AsyncSession) -> str:
    """Return the name of the SQL dialect of a session."""
    return (await session.connection()).dialect.name
