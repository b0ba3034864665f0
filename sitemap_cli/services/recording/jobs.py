"""Jobs: one run over one domain, from its beginning to how it ended."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Row,
    Select,
    Update,
    and_,
    bindparam,
    delete,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import NotFoundError
from sitemap_cli.model.values import UNENDED, UNFINISHED, Status, Verdict
from sitemap_cli.services.recording import domains, job_totals
from sitemap_cli.services.recording.job_totals import Totals
from sitemap_cli.services.shared import id_prefix
from sitemap_cli.storage import models
from sitemap_cli.storage.models import Domain, Finding, Job, Probe, Robots, Sitemap

JobRow = Row[Job, str]

_JOBS = models.table(Job)
_JOB = _JOBS.c

# These run for every job, of which a batch has thousands: built once, and past the bookkeeping of the ORM,
# they cost half.
_OF_DOMAIN = (_JOB.tenant == bindparam("tenant"), _JOB.domain_id == bindparam("domain"))
_RUNNING = select(_JOB.id, _JOB.holder).where(*_OF_DOMAIN, _JOB.status == Status.RUNNING)
_STATUS = select(_JOB.status).where(_JOB.id == bindparam("job"))
_TAKE = update(_JOBS).where(_JOB.id == bindparam("job"), _JOB.status == Status.PENDING)
_FINISH = update(_JOBS).where(_JOB.id == bindparam("job"), _JOB.status.in_(UNENDED))
_COMPLETE = (
    select(_JOB.id).where(*_OF_DOMAIN, _JOB.status == Status.COMPLETED).order_by(_JOB.id.desc()).limit(1)
)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job ended. ``sources`` lists what was asked besides the sitemaps, and what it answered."""

    status: Status
    verdict: Verdict | None = None
    error: str | None = None
    duration_ms: int | None = None
    sources: Sequence[dict[str, object]] = ()


@dataclass(frozen=True, slots=True)
class LockHolder:
    """The process that is at work on something, and since when."""

    holder: str
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class RunnableJob:
    """A job that waits for its turn; ``preferences`` are its domain's, as they are stored."""

    job_id: str
    domain_id: int
    domain: str
    target: str
    preferences: Mapping[str, Any] | None = None


def select_runnable_jobs() -> Select[str, int, str, str, Any]:
    """Selects what makes a :class:`Work` of each job."""
    columns = (Job.id, Job.domain_id, Domain.name, Job.target, Domain.preferences)
    return select(*columns).join(Domain, Domain.id == Job.domain_id)


async def find_runnable_job(session: AsyncSession, tenant: str, job_id: str) -> RunnableJob | None:
    """What is to be done for a job; None when it has come to its end, or there is none."""
    row = (
        await session.execute(
            select_runnable_jobs().where(Job.tenant == tenant, Job.id == job_id, _is_resumable())
        )
    ).one_or_none()
    return RunnableJob(*row) if row else None


async def find_batch_id(session: AsyncSession, job_id: str) -> str | None:
    """The batch that a job belongs to."""
    return await session.scalar(select(Job.batch_id).where(Job.id == job_id))


async def again(session: AsyncSession, *, job_id: str | None = None, batch_id: str | None = None) -> None:
    """Let a job, or those of a batch, wait anew if it was left half done, without what it had recorded."""
    which = Job.id == job_id if batch_id is None else Job.batch_id == batch_id
    broken = select(Job.id).where(which, Job.status != Status.PENDING, _is_resumable())
    for model in (Probe, Sitemap, Robots, Finding):
        await session.execute(delete(model).where(model.job_id.in_(broken)))
    blank = {"status": Status.PENDING, **dict.fromkeys(("verdict", "error", "started_at", "finished_at"))}
    nothing = {"sitemaps": 0, "urls": 0, "bytes": 0, **dict.fromkeys(("duration_ms", "sources", "holder"))}
    await session.execute(update(Job).where(Job.id.in_(broken)).values({**blank, **nothing}))


async def record_running_job(
    session: AsyncSession,
    job_id: str,
    *,
    tenant: str,
    domain_id: int,
    target: str,
    holder: str,
    batch_id: str | None = None,
) -> None:
    """Record a job that begins now, in the hands of a process that holds the lock of the domain.

    The caller chose the id, so that it can close the job even if it is stopped while this is committed.
    """
    await mark_interrupted(session, tenant, domain_id)
    now = dt.datetime.now(dt.UTC)
    job = Job(
        id=job_id,
        tenant=tenant,
        domain_id=domain_id,
        batch_id=batch_id,
        target=target,
        holder=holder,
        status=Status.RUNNING,
        created_at=now,
        started_at=now,
    )
    session.add(job)
    await session.flush()


async def mark_running(session: AsyncSession, tenant: str, domain_id: int, job_id: str, holder: str) -> bool:
    """Record that a job begins now, in the hands of a process that holds its domain's lock.

    False when it no longer waits, because somebody cancelled it.
    """
    await mark_interrupted(session, tenant, domain_id)
    values = {"status": Status.RUNNING, "holder": holder, "started_at": dt.datetime.now(dt.UTC)}
    return await _count_updated(session, _TAKE, {**values, "job": job_id}) > 0


async def record_ending(session: AsyncSession, job_id: str, ending: Ending, totals: Totals) -> bool:
    """Record how a job ended; False when that was recorded before."""
    values = {
        "status": ending.status,
        "verdict": ending.verdict,
        "error": ending.error,
        "duration_ms": ending.duration_ms,
        "finished_at": dt.datetime.now(dt.UTC),
        "sources": list(ending.sources),
        **dataclasses.asdict(totals),
    }
    return await _count_updated(session, _FINISH, {**values, "job": job_id}) > 0


async def cancel(session: AsyncSession, *, job_ids: Sequence[str] = (), batch_id: str | None = None) -> int:
    """Close those of some jobs, or of all of a batch, that have not come to their end; how many they were.

    Whoever runs one of them stops before its next sitemap, and keeps what is recorded.
    """
    which = Job.id.in_(job_ids) if batch_id is None else Job.batch_id == batch_id
    ending = Ending(Status.CANCELLED, Verdict.CANCELLED, "cancelled by the user")
    running = (await session.scalars(select(Job.id).where(which, Job.status == Status.RUNNING))).all()
    for job_id in running:
        await record_ending(session, job_id, ending, await job_totals.compute_partial_totals(session, job_id))
    values = {"status": ending.status, "verdict": ending.verdict, "error": ending.error}
    waiting = Job.status.in_((Status.PENDING, Status.INTERRUPTED))
    closed = update(Job).where(which, waiting).values({**values, "finished_at": dt.datetime.now(dt.UTC)})
    return len(running) + await _count_updated(session, closed)


async def is_cancelled(session: AsyncSession, job_id: str) -> bool:
    """Whether somebody cancelled a job."""
    return (await session.execute(_STATUS, {"job": job_id})).scalar() == Status.CANCELLED


async def list_running_domains(session: AsyncSession, tenant: str) -> Sequence[Row[int, str]]:
    """The ids and names of the domains of which a job says that it is running."""
    query = select(Domain.id, Domain.name).join(Job, Job.domain_id == Domain.id).distinct()
    return (await session.execute(query.where(Job.tenant == tenant, Job.status == Status.RUNNING))).all()


async def find_lock_holder(session: AsyncSession, tenant: str, domain: str) -> LockHolder | None:
    """Who runs a domain; None when nobody says so."""
    named = select(Domain.id).where(Domain.tenant == tenant, Domain.name == domain)
    running = (Job.tenant == tenant, Job.status == Status.RUNNING, Job.domain_id == named.scalar_subquery())
    job = (await session.scalars(select(Job).where(*running).order_by(Job.id.desc()).limit(1))).first()
    return LockHolder(job.holder, job.started_at or job.created_at) if job and job.holder else None


async def mark_interrupted(session: AsyncSession, tenant: str, domain_id: int) -> None:
    """Close the jobs of a domain that say that they are running: who holds its lock knows that none is."""
    for job_id, holder in (await session.execute(_RUNNING, {"tenant": tenant, "domain": domain_id})).all():
        error = f"{holder or 'its process'} ended without a word"
        ending = Ending(Status.INTERRUPTED, Verdict.CANCELLED, error)
        await record_ending(session, job_id, ending, await job_totals.compute_partial_totals(session, job_id))


async def find_job(session: AsyncSession, tenant: str, prefix: str) -> JobRow:
    """The one job whose id begins with ``prefix``.

    Raises:
        NotFoundError: none does, or several do.
    """
    hint = "sitemap jobs list shows them"
    return await id_prefix.find_by_prefix(
        session, _select_with_domain(tenant), Job.id, prefix, what="job", hint=hint
    )


async def find_latest_complete_id(session: AsyncSession, tenant: str, domain_id: int) -> str | None:
    """The id of the newest job that read the whole of a domain; None when there is none."""
    return (await session.execute(_COMPLETE, {"tenant": tenant, "domain": domain_id})).scalar()


async def find_latest_complete_id_by_name(session: AsyncSession, tenant: str, domain: str) -> str:
    """The id of the newest job that read the whole of a domain named by the user.

    Raises:
        NotFoundError: the domain is unknown, or was never read as a whole.
    """
    found = await find_latest_complete_id(
        session, tenant, await domains.find_domain_id(session, tenant, domain)
    )
    if found is None:
        raise NotFoundError(
            "no complete job",
            where=domain,
            why="every run so far failed or was read in part",
            hint=f"sitemap jobs list --domain {domain} shows them; --job ID takes one all the same",
        )
    return found


async def list_jobs(
    session: AsyncSession,
    tenant: str,
    *,
    domain: str | None = None,
    status: str | None = None,
    verdict: str | None = None,
    batch_id: str | None = None,
    limit: int | None = None,
) -> Sequence[JobRow]:
    """Jobs and the names of their domains, newest first."""
    query = _select_with_domain(tenant).order_by(Job.id.desc()).limit(limit)
    wanted = (
        (Domain.name, domain),
        (Job.status, status),
        (Job.verdict, verdict),
        (Job.batch_id, batch_id),
    )
    for column, value in wanted:
        if value is not None:
            query = query.where(column == value)
    return (await session.execute(query)).all()


async def _count_updated(
    session: AsyncSession, statement: Update, values: Mapping[str, Any] | None = None
) -> int:
    return cast("CursorResult[Any]", await session.execute(statement, values)).rowcount


def _is_resumable() -> ColumnElement[bool]:
    """Whether a job has not come to an end that its site is the reason of."""
    fault_of_ours = and_(Job.status == Status.FAILED, Job.verdict.is_(None))
    return or_(Job.status.in_(UNFINISHED), fault_of_ours)


def _select_with_domain(tenant: str) -> Select[Job, str]:
    return select(Job, Domain.name).join(Domain, Domain.id == Job.domain_id).where(Job.tenant == tenant)
