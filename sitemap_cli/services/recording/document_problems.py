"""Records what the reader found wrong in a document, or the fetch in a body."""

from collections.abc import Iterable

from sqlalchemy import bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli import redaction
from sitemap_cli.model.values import Problem
from sitemap_cli.storage import models
from sitemap_cli.storage.base import BigKey

_PROBLEMS = models.table(models.Problem)
_COPIED = ("code", "severity", "message", "line", "column", "offset")

# These may run for every sitemap: built once, and past the bookkeeping of the ORM, they cost half.
_ADD = insert(_PROBLEMS)
_REPEAT = insert(_PROBLEMS).from_select(
    ["sitemap_id", *_COPIED],
    select(bindparam("now", type_=BigKey), *(_PROBLEMS.c[name] for name in _COPIED))
    .where(_PROBLEMS.c.sitemap_id == bindparam("before"))
    .order_by(_PROBLEMS.c.id),
)


async def record_problems(session: AsyncSession, problems: Iterable[Problem], **owner: int) -> None:
    """Add problems to their owner, which is a ``document_id`` or a ``sitemap_id``."""
    rows = [
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
    if rows:
        await session.execute(_ADD, rows)


async def copy_problems(session: AsyncSession, before: int, now: int) -> None:
    """Note again what was odd about a body when it was sent."""
    await session.execute(_REPEAT, {"before": before, "now": now})
