"""What a batch brought: how each job ended, and what the previous job over the same target was like."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from sitemap_cli.model.results import (
    BatchResult,
    BatchRow,
    ChangedJob,
    Comparison,
    FailedJob,
    FailureGroup,
    FindingCounts,
)
from sitemap_cli.model.values import UNFINISHED, Status
from sitemap_cli.services.recording.job_history import select_previous_id
from sitemap_cli.services.recording.recorded_findings import count_by_job
from sitemap_cli.services.reporting.failure_groups import FailedSite, group_sites
from sitemap_cli.services.reporting.job_result import find_change, format_time, to_verdict
from sitemap_cli.services.reporting.verdict_changes import JobPair, compare_verdicts
from sitemap_cli.storage.models import Batch, Domain, Job

# Failed or changed jobs that a report lists; jobs list has all of them.
MAX_LISTED = 50
# A build of SQLite may accept no more than 999 parameters in one statement.
JOBS_PER_QUERY = 500

ALARMING = (Comparison.NEWLY_FAILING, Comparison.WORSE, Comparison.FIRST_JOB_FAILED)
NEWS = (*ALARMING, Comparison.RECOVERED)
FAILING = (*ALARMING, Comparison.STILL_FAILING)


class EndedJob(NamedTuple):
    """One job, and the verdict of the previous job over the same target."""

    job_id: str
    domain: str
    status: str
    verdict: str | None
    error: str | None
    urls: int
    sitemaps: int
    compared_with: str | None
    new_urls: int
    removed_urls: int
    duration_ms: int | None
    finished_at: dt.datetime | None
    previous: str | None
    previous_verdict: str | None

    @property
    def comparison(self) -> Comparison | None:
        """How it compares with the previous job; None if it has not ended or was cancelled."""
        has_other_urls = bool(self.new_urls or self.removed_urls)
        return compare_verdicts(
            JobPair(
                self.status, self.verdict, self.previous is not None, self.previous_verdict, has_other_urls
            )
        )


async def load_batch_result(session: AsyncSession, batch: Batch) -> BatchResult:
    """Return a batch as ``batch show`` prints it: its jobs by verdict, the changed and the failed ones."""
    jobs = await list_ended_jobs(session, Job.batch_id == batch.id)
    ended = [each for each in jobs if each.status not in UNFINISHED]
    compared = [(each, each.comparison) for each in ended]
    failed = [pair for pair in compared if pair[1] in FAILING or pair[0].status == Status.CANCELLED]
    changed = [each for each in ended if each.new_urls or each.removed_urls]
    counts = Counter(comparison for _, comparison in compared if comparison)
    return BatchResult(
        batch_id=batch.id,
        source=batch.source,
        status=Status(batch.status),
        created_at=format_time(batch.created_at) or "",
        finished_at=format_time(batch.finished_at),
        jobs=len(jobs),
        unfinished=len(jobs) - len(ended),
        verdicts=dict(Counter(each.verdict or each.status for each in ended).most_common()),
        urls=sum(each.urls for each in jobs),
        new_urls=sum(each.new_urls for each in jobs),
        changed=len(changed),
        changes=[
            ChangedJob(each.domain, each.job_id, each.new_urls, each.removed_urls)
            for each in changed[:MAX_LISTED]
        ],
        wrong=[_describe_failure(*pair) for pair in failed[:MAX_LISTED]],
        comparisons={each: counts[each] for each in Comparison if counts[each]},
        news=[_describe_failure(*pair) for pair in compared if pair[1] in NEWS][:MAX_LISTED],
        failures=group_failures(failed),
        elapsed_ms=_measure(batch),
    )


async def list_newly_failing(session: AsyncSession, batch: Batch) -> list[FailedJob]:
    """Return all jobs of a batch that failed and whose previous job did not, or that have none."""
    compared = [(each, each.comparison) for each in await list_ended_jobs(session, Job.batch_id == batch.id)]
    new = (Comparison.NEWLY_FAILING, Comparison.FIRST_JOB_FAILED)
    return [_describe_failure(*pair) for pair in compared if pair[1] in new]


async def list_job_ids(session: AsyncSession, batch_id: str) -> list[str]:
    """Return the ids of the jobs of a batch, in the order of the list."""
    # Sorted here: to sort them, a database would look through the jobs of all batches.
    return sorted(await session.scalars(select(Job.id).where(Job.batch_id == batch_id)))


async def list_batch_rows(session: AsyncSession, job_ids: Sequence[str]) -> list[BatchRow]:
    """Return a row for each of some jobs of a batch, in the order of the list."""
    rows = list[BatchRow]()
    for first in range(0, len(job_ids), JOBS_PER_QUERY):
        some = job_ids[first : first + JOBS_PER_QUERY]
        rows += await _load_batch_rows(session, some)
    return rows


async def _load_batch_rows(session: AsyncSession, job_ids: Sequence[str]) -> list[BatchRow]:
    findings = await count_by_job(session, job_ids)
    return [
        BatchRow(
            domain=each.domain,
            verdict=to_verdict(each.verdict),
            status=Status(each.status),
            urls=each.urls,
            change=find_change(each.status, each.compared_with, each.new_urls, each.removed_urls),
            sitemaps=each.sitemaps,
            findings=findings.get(each.job_id, FindingCounts(0, 0, 0)),
            error=each.error,
            seconds=None if each.duration_ms is None else each.duration_ms / 1000,
            comparison=each.comparison,
            previous_verdict=to_verdict(each.previous_verdict),
            job_id=each.job_id,
        )
        for each in await list_ended_jobs(session, Job.id.in_(job_ids))
    ]


async def list_ended_jobs(session: AsyncSession, condition: ColumnElement[bool]) -> list[EndedJob]:
    """Return the jobs that meet a condition, by id, each with the verdict of the previous one."""
    previous = aliased(Job)
    columns = (
        *(Job.id, Domain.name, Job.status, Job.verdict, Job.error, Job.urls, Job.sitemaps),
        *(Job.compared_with, Job.new_urls, Job.removed_urls, Job.duration_ms, Job.finished_at),
        *(previous.id, previous.verdict),
    )
    query = (
        select(*columns)
        .join(Domain, Domain.id == Job.domain_id)
        .outerjoin(previous, previous.id == select_previous_id(Job))
        .where(condition)
        .order_by(Job.id)
    )
    return [EndedJob._make(row) for row in (await session.execute(query)).all()]


def _describe_failure(job: EndedJob, comparison: Comparison | None) -> FailedJob:
    return FailedJob(
        domain=job.domain,
        job_id=job.job_id,
        verdict=to_verdict(job.verdict),
        status=Status(job.status),
        error=job.error,
        comparison=comparison,
        previous_verdict=to_verdict(job.previous_verdict),
    )


def group_failures(failed: Sequence[tuple[EndedJob, Comparison | None]]) -> list[FailureGroup]:
    """Return the failed jobs by comparison, verdict and reason, the largest groups of each first."""
    return group_sites(
        FailedSite(each.domain, each.verdict or each.status, each.error, comparison)
        for each, comparison in failed
    )


def _measure(batch: Batch) -> int | None:
    if batch.finished_at is None:
        return None
    return round((batch.finished_at - batch.created_at).total_seconds() * 1000)
