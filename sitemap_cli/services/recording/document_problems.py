"""Record problems that the parser found in a document, or the fetch in a body."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli import redaction
from sitemap_cli.model.values import Problem
from sitemap_cli.storage import models
from sitemap_cli.storage.declarative_base import BigKey
from sitemap_cli.storage.statements import Statement

_PROBLEMS = models.table_of(models.Problem)
_COPIED = ("code", "severity", "message", "line", "column", "offset", "position")

# These statements may run for every sitemap. Building them once and bypassing the ORM's bookkeeping halves
# their cost.
_ADD = Statement(insert(_PROBLEMS))
_COPY = insert(_PROBLEMS).from_select(
    ["sitemap_id", *_COPIED],
    select(bindparam("copy_to", type_=BigKey), *(_PROBLEMS.c[name] for name in _COPIED))
    .where(_PROBLEMS.c.sitemap_id == bindparam("copy_from"))
    .order_by(_PROBLEMS.c.id),
)


async def record_problems(session: AsyncSession, problems: Iterable[Problem], **owner: int) -> None:
    """Record the problems of their owner, which is a ``document_id`` or a ``sitemap_id``."""
    await _insert_rows(session, [_build_row(each, owner) for each in problems])


async def record_problems_of_documents(
    session: AsyncSession, found: Iterable[tuple[int, Iterable[Problem]]]
) -> None:
    """Record the problems of several documents, given with the ids of these."""
    rows = [_build_row(each, {"document_id": id_}) for id_, problems in found for each in problems]
    await _insert_rows(session, rows)


async def _insert_rows(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    if rows:
        await _ADD.insert_rows(session, rows)


def _build_row(problem: Problem, owner: dict[str, int]) -> dict[str, Any]:
    return {
        **owner,
        "code": problem.code,
        "severity": problem.severity,
        "message": redaction.redact_text(problem.message),
        "line": problem.line,
        "column": problem.column,
        "offset": problem.offset,
        "position": problem.entry,
    }


async def copy_problems(session: AsyncSession, from_sitemap: int, to_sitemap: int) -> None:
    """Copy the problems of a fetch to the row of a later one that got no new body."""
    await session.execute(_COPY, {"copy_from": from_sitemap, "copy_to": to_sitemap})
