"""Record problems that the parser found in a document, or the fetch in a body."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli import redaction
from sitemap_cli.model.values import Problem
from sitemap_cli.storage import models
from sitemap_cli.storage.declarative_base import BigKey

_PROBLEMS = models.table_of(models.Problem)
_COPIED = ("code", "severity", "message", "line", "column", "offset")

# These statements may run for every sitemap. Building them once and bypassing the ORM's bookkeeping halves
# their cost.
_ADD = insert(_PROBLEMS)
_COPY = insert(_PROBLEMS).from_select(
    ["sitemap_id", *_COPIED],
    select(bindparam("copy_to", type_=BigKey), *(_PROBLEMS.c[name] for name in _COPIED))
    .where(_PROBLEMS.c.sitemap_id == bindparam("copy_from"))
    .order_by(_PROBLEMS.c.id),
)


async def record_problems(session: AsyncSession, problems: Iterable[Problem], **owner: int) -> None:
    """Record the problems of their owner, which is a ``document_id`` or a ``sitemap_id``."""
    await record_rows(session, build_rows(problems, **owner))


async def record_rows(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    """Record problems that :func:`build_rows` returned, all of the same kind of owner."""
    if rows:
        await session.execute(_ADD, rows)


def build_rows(problems: Iterable[Problem], **owner: int) -> list[dict[str, Any]]:
    """Return the rows of the problems of their owner, which is a ``document_id`` or a ``sitemap_id``."""
    return [
        {
            **owner,
            "code": each.code,
            "severity": each.severity,
            "message": redaction.redact_text(each.message),
            "line": each.line,
            "column": each.column,
            "offset": each.offset,
        }
        for each in problems
    ]


async def copy_problems(session: AsyncSession, from_sitemap: int, to_sitemap: int) -> None:
    """Copy the problems of a fetch to the row of a later one that got no new body."""
    await session.execute(_COPY, {"copy_from": from_sitemap, "copy_to": to_sitemap})
