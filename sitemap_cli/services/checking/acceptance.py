"""Whether later checks compare with a job: what checks concluded, and what the user accepted."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import and_, update
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import UsageError
from sitemap_cli.model.values import Acceptance, Status
from sitemap_cli.services.recording import job_history, jobs
from sitemap_cli.storage.models import Job


async def accept_job(session: AsyncSession, tenant: str, job_id: str) -> Job:
    """Accept a complete job with all that it lost, and return it.

    Raises:
        NotFoundError: there is no such job.
        UsageError: the job did not read the whole site.
    """
    job, _ = await jobs.find_job(session, tenant, job_id)
    if job.status != Status.COMPLETED:
        why = f"it is {job.status}, and only a complete job can be compared with"
        raise UsageError("cannot accept this job", where=job.id, why=why)
    await _record(session, job.id, Acceptance.ACCEPTED)
    return job


async def record_conclusion(session: AsyncSession, job_id: str, *, found: bool, failed: bool) -> None:
    """Record what a check concluded about a complete job.

    A job without a finding of the rules that refuse jobs is passed; one whose findings fail the check is
    refused. Findings that fail nothing leave the job as it is, and so does what the user accepted. The job
    that a refused one was compared with counts as passed from then on.

    Args:
        session: the caller's.
        job_id: the job.
        found: whether one of the rules that refuse jobs found something.
        failed: whether that fails the check.
    """
    job = await session.get_one(Job, job_id)
    if job.gate == Acceptance.ACCEPTED or (found and not failed):
        return
    if failed:
        reference = await job_history.find_reference_job(session, job)
        if reference is not None and reference.gate is None:
            await _record(session, reference.id, Acceptance.PASSED)
    await _record(session, job_id, Acceptance.REFUSED if failed else Acceptance.PASSED)


async def record_passed(session: AsyncSession, job_ids: Sequence[str]) -> None:
    """Record that checks of some hundred complete jobs found nothing that refuses them."""
    settled = (Acceptance.ACCEPTED, Acceptance.PASSED)
    judged = and_(*(Job.gate.is_distinct_from(each) for each in settled))
    await session.execute(update(Job).where(Job.id.in_(job_ids), judged).values(gate=Acceptance.PASSED))


async def describe_reference(session: AsyncSession, job_id: str, refusing: Collection[str]) -> list[str]:
    """Return notes about what a check compared a job with, and what the user can do.

    ``refusing`` are the findings that refuse the job, by rule.
    """
    job = await session.get_one(Job, job_id)
    return describe_compared(job, await job_history.find_reference_job(session, job), refusing)


def describe_compared(job: Job, reference: Job | None, refusing: Collection[str]) -> list[str]:
    """Return the same notes about a job whose reference is known."""
    if job.status != Status.COMPLETED:
        is_partial = job.status == Status.PARTIAL
        return ["not compared with an earlier job, because the site was read in part"] if is_partial else []
    if job.gate == Acceptance.ACCEPTED:
        return ["the user accepted this job, with all that it lost"]
    if reference is None:
        first = "no accepted job to compare with (--max-drop); later checks compare with this one"
        return [] if job.is_local else [first]
    day = f"{(reference.started_at or reference.created_at).astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"
    if refusing:
        accept = f"if this one is as it should be: sitemap jobs accept {job.id}"
        return [f"later checks compare with the job of {day}, too; {accept}"]
    if reference.gate is None:
        return [f"no accepted job yet; compared with the last complete one of {day}"]
    return []


async def _record(session: AsyncSession, job_id: str, gate: Acceptance) -> None:
    await session.execute(
        update(Job).where(Job.id == job_id, Job.gate.is_distinct_from(gate)).values(gate=gate)
    )
