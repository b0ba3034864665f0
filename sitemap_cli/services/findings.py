"""Findings: what the rules say about a job."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec
from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit import engine
from sitemap_cli.audit.rule import ProblemFact, SitemapFact
from sitemap_cli.model import Finding as FindingValue
from sitemap_cli.model import Severity
from sitemap_cli.storage import models
from sitemap_cli.storage.models import Finding, Problem, Sitemap

_ROW = models.table(models.Sitemap).c

# These run at the end of every job, of which a batch has thousands: built once, they cost half.
_FACTS = (
    select(_ROW.id, _ROW.problems, _ROW.url, _ROW.kind, _ROW.status_code, _ROW.error, _ROW.error_message)
    .add_columns(_ROW.bytes, _ROW.wire_bytes, _ROW.urls, _ROW.children)
    .where(_ROW.job_id == bindparam("job"))
    .order_by(_ROW.id)
)
_PROBLEMS = (
    select(Sitemap.id, Problem.code, func.min(Problem.message), func.count(), func.min(Problem.line))
    .join(Problem, (Problem.sitemap_id == Sitemap.id) | (Problem.document_id == Sitemap.document_id))
    .where(Sitemap.job_id == bindparam("job"))
    .group_by(Sitemap.id, Problem.code)
    .order_by(Sitemap.id, Problem.code)
)


async def judge(session: AsyncSession, job_id: str) -> list[FindingValue]:
    """What the rules say about what a job recorded."""
    return list(engine.judge(await _facts(session, job_id)))


async def keep(session: AsyncSession, job_id: str, judged: Sequence[FindingValue]) -> None:
    """Record findings of a job."""
    rows = [{"job_id": job_id, **msgspec.structs.asdict(finding)} for finding in judged]
    if rows:
        await session.execute(insert(Finding), rows)


async def counts(session: AsyncSession, job_id: str) -> dict[str, int]:
    """How many findings of each severity a job has."""
    query = select(Finding.severity, func.count()).where(Finding.job_id == job_id).group_by(Finding.severity)
    rows = (await session.execute(query)).all()
    counted = {row.severity: row[1] for row in rows}
    return {severity.value: counted.get(severity.value, 0) for severity in Severity}


async def listing(session: AsyncSession, job_id: str) -> Sequence[Finding]:
    """The findings of a job, in the order of the rules."""
    query = select(Finding).where(Finding.job_id == job_id).order_by(Finding.rule, Finding.id)
    return (await session.scalars(query)).all()


async def _facts(session: AsyncSession, job_id: str) -> list[SitemapFact]:
    rows = (await session.execute(_FACTS, {"job": job_id})).all()
    problems = await _problems(session, job_id) if any(row.problems for row in rows) else {}
    return [
        SitemapFact(
            url=row.url,
            kind=row.kind,
            status_code=row.status_code,
            error=row.error,
            error_message=row.error_message,
            bytes=row.bytes,
            wire_bytes=row.wire_bytes,
            urls=row.urls,
            children=row.children,
            problems=tuple(problems.get(row.id, ())),
        )
        for row in rows
    ]


async def _problems(session: AsyncSession, job_id: str) -> dict[int, list[ProblemFact]]:
    """The problems of each sitemap of a job, its own and its document's, one for each code."""
    found: dict[int, list[ProblemFact]] = defaultdict(list)
    for sitemap_id, code, message, count, line in await session.execute(_PROBLEMS, {"job": job_id}):
        found[sitemap_id].append(ProblemFact(code, message, count, line))
    return found
