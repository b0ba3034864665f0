"""Load columns of many entries as one text each: the database joins the values, in C."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, String, bindparam, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.text_columns import MISSING, SEPARATOR
from sitemap_cli.storage.models import entries

# Part of the SQL text: SQLite would copy a parameter again for each row, which takes as long as joining.
_SEPARATOR, _EMPTY, _MISSING = (
    bindparam(None, each, String, literal_execute=True) for each in (SEPARATOR, "", MISSING)
)


def select_joined(
    dialect: str,
    columns: Sequence[ColumnElement[Any]],
    *where: ColumnElement[bool],
    key: Sequence[ColumnElement[Any]] = (),
    marks_missing: bool = False,
) -> Select[*tuple[Any, ...]]:
    """Return a SELECT of joined columns of entries, in the order of the entries.

    SQLite reads the rows of a clustered table in this order. Postgres does not promise it, so there a
    subquery sorts them; SQLite would copy every row for that.

    Args:
        dialect: the name of the SQL dialect.
        columns: columns of ``entries``.
        where: the conditions that the entries meet.
        key: columns that begin the rows; each of their values has a row of its own. Without them there is
            one row.
        marks_missing: whether a missing value becomes :data:`MISSING`, not an empty one.

    Returns:
        A SELECT of ``key``, the number of entries, and the columns.
    """
    rows: FromClause = entries
    if dialect != "sqlite":
        sorted_ = select(*key, *columns).where(*where).order_by(entries.c.document_id, entries.c.position)
        rows, where = sorted_.subquery(), ()
    names = [each.name for each in key]
    missing = _MISSING if marks_missing else _EMPTY
    joined = (_join_values(rows.c[each.name], missing) for each in columns)
    statement = select(*(rows.c[name] for name in names), func.count(), *joined).select_from(rows)
    return statement.where(*where).group_by(*(rows.c[name] for name in names))


def _join_values(column: ColumnElement[Any], missing: ColumnElement[str]) -> ColumnElement[str]:
    texts = column if isinstance(column.type, String) else cast(column, String)
    # The separator is typed as a text, but any expression will do.
    separator: Any = _SEPARATOR
    return func.aggregate_strings(func.coalesce(texts, missing), separator)


async def find_dialect(session: AsyncSession) -> str:
    """Return the name of the SQL dialect of a session."""
    return (await session.connection()).dialect.name
