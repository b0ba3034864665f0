"""Findings as a job recorded them at its end: record, count and load them, without any rule."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.results import FindingCounts
from sitemap_cli.model.values import Finding as FindingValue
from sitemap_cli.model.values import Severity
from sitemap_cli.storage import models
from sitemap_cli.storage.models import Finding
from sitemap_cli.storage.statements import Statement

# Findings are recorded at the end of every job, and a batch has thousands of jobs.
_ADD = Statement(insert(models.table_of(Finding)))


async def record_findings(session: AsyncSession, job_id: str, judged: Sequence[FindingValue]) -> None:
    """Record the findings of a job, each with its first place only."""
    rows = [{"job_id": job_id, **msgspec.structs.asdict(finding)} for finding in judged]
    for row in rows:
        del row["examples"], row["causes"], row["file"], row["fixes"], row["value"]
    if rows:
        await _ADD.insert_rows(session, rows)


async def count_by_severity(session: AsyncSession, job_id: str) -> FindingCounts:
    """Return the number of findings of a job by severity."""
    return (await count_by_job(session, [job_id])).get(job_id, FindingCounts(0, 0, 0))


async def count_by_job(session: AsyncSession, job_ids: Sequence[str]) -> Mapping[str, FindingCounts]:
    """Return the numbers of findings by severity for each of some hundred jobs that has any."""
    query = select(Finding.job_id, Finding.severity, func.count()).where(Finding.job_id.in_(job_ids))
    counted = defaultdict[str, dict[str, int]](dict)
    for job_id, severity, count in await session.execute(query.group_by(Finding.job_id, Finding.severity)):
        counted[job_id][severity] = count
    return {
        job_id: FindingCounts(**{each.value: of_job.get(each, 0) for each in Severity})
        for job_id, of_job in counted.items()
    }


async def list_findings(session: AsyncSession, job_id: str) -> list[FindingValue]:
    """Return the findings of a job, ordered by rule."""
    query = select(Finding).where(Finding.job_id == job_id).order_by(Finding.rule, Finding.id)
    rows = await session.scalars(query)
    return [msgspec.convert(row, FindingValue, from_attributes=True) for row in rows]
