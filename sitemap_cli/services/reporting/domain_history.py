"""The history of a domain: its last jobs, whether its lastmods can be trusted, and its other histories."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import UNSET
from sqlalchemy import false, literal_column, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from sitemap_cli.model.history_results import JobChange, LastmodTrust, OtherHistory
from sitemap_cli.model.results import FindingCounts
from sitemap_cli.model.values import UNENDED, Status
from sitemap_cli.services.history.trust_evidence import load_trust
from sitemap_cli.services.recording import recorded_findings
from sitemap_cli.services.recording.job_choice import WHOLE_SITE
from sitemap_cli.services.recording.job_history import select_newest_ids
from sitemap_cli.services.reporting.job_result import count_changes, format_time, to_verdict
from sitemap_cli.storage.models import Job

MAX_OTHERS = 10
"""Other histories that are listed."""
JOBS_OF_OTHERS = 50
"""Last jobs in which other histories are searched, for each status."""
JOBS_PER_QUERY = 500
"""Jobs whose findings one statement counts. A build of SQLite may accept no more than 999 parameters."""

_ENDED = [each for each in Status if each not in UNENDED]
_NO_FINDINGS = FindingCounts(0, 0, 0)


class DomainHistory(NamedTuple):
    """What was recorded of a domain: the jobs that are compared with its last one, and others."""

    jobs: Sequence[JobChange] = ()
    trust: LastmodTrust | None = None
    others: Sequence[OtherHistory] = ()


async def load_domain_history(
    session: AsyncSession, tenant: str, job_id: str, limit: int, *, with_others: bool = True
) -> DomainHistory:
    """Return the last jobs up to one, newest first, and what they say of their site; in a few statements.

    Args:
        session: the caller's.
        tenant: the owner of the job.
        job_id: the last job of the history.
        limit: return at most this many jobs.
        with_others: whether to look for other histories, which takes a third of the time.
    """
    last = await session.get_one(Job, job_id)
    same = (Job.history == last.history, Job.is_local == last.is_local, Job.status.not_in(UNENDED))
    of_domain = (Job.tenant == tenant, Job.domain_id == last.domain_id)
    unused = [defer(each) for each in (Job.sources, Job.lastmod, Job.sample)]
    query = select(Job).where(*of_domain, *same, Job.id <= last.id).order_by(Job.id.desc()).limit(limit)
    jobs = (await session.scalars(query.options(*unused))).all()
    counts = await _count_findings(session, [each.id for each in jobs])
    return DomainHistory(
        [_describe_job(each, counts.get(each.id, _NO_FINDINGS)) for each in jobs],
        await load_trust(session, last),
        await list_other_histories(session, tenant, last.domain_id, last) if with_others else (),
    )


async def list_other_histories(
    session: AsyncSession, tenant: str, domain_id: int, shown: Job | None = None
) -> list[OtherHistory]:
    """Return the last job of each part of a site and local build, newest first.

    ``shown`` is a job whose history is left out.
    """
    # A literal, so that the index of these jobs serves.
    is_part = Job.history != literal_column(f"'{WHOLE_SITE}'")
    of_domain = (Job.tenant == tenant, Job.domain_id == domain_id, is_part)
    ids = list[str]()
    for is_local in (false(), true()):
        newest = select_newest_ids(Job.status, _ENDED, JOBS_OF_OTHERS, *of_domain, Job.is_local == is_local)
        ids += await session.scalars(newest)
    query = select(Job).where(Job.id.in_(ids)).order_by(Job.id.desc())
    found = dict[tuple[str, bool], Job]()
    for job in await session.scalars(query.options(defer(Job.sources), defer(Job.lastmod))):
        found.setdefault((job.history, job.is_local), job)
    if shown is not None:
        found.pop((shown.history, shown.is_local), None)
    return [_describe_other(each) for each in [*found.values()][:MAX_OTHERS]]


async def _count_findings(session: AsyncSession, job_ids: Sequence[str]) -> dict[str, FindingCounts]:
    counts = dict[str, FindingCounts]()
    for first in range(0, len(job_ids), JOBS_PER_QUERY):
        counts |= await recorded_findings.count_by_job(session, job_ids[first : first + JOBS_PER_QUERY])
    return counts


def _describe_job(job: Job, counts: FindingCounts) -> JobChange:
    added, removed, changed = count_changes(job)
    return JobChange(
        job_id=job.id,
        finished_at=format_time(job.finished_at),
        status=Status(job.status),
        verdict=to_verdict(job.verdict),
        urls=job.urls,
        unique_urls=job.unique_urls,
        added=added,
        removed=removed,
        changed=changed,
        findings=counts,
        error=job.error,
    )


def _describe_other(job: Job) -> OtherHistory:
    return OtherHistory(
        target=job.target,
        job_id=job.id,
        status=Status(job.status),
        verdict=to_verdict(job.verdict),
        urls=job.urls,
        finished_at=format_time(job.finished_at),
        build=job.target if job.is_local else UNSET,
    )
