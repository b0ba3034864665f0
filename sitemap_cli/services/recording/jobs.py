"""Jobs: each is one run over one domain, from its start to how it ended."""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import msgspec
from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Row,
    Select,
    Update,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from sitemap_cli.crawl.targets import Target
from sitemap_cli.errors import LockLostError
from sitemap_cli.model.results import SourceResult
from sitemap_cli.model.values import UNENDED, UNFINISHED, Status, Verdict
from sitemap_cli.services.recording import domains, job_history, job_totals
from sitemap_cli.services.recording.job_totals import Totals
from sitemap_cli.services.shared import id_prefix, ids
from sitemap_cli.storage import models
from sitemap_cli.storage.models import Domain, Finding, Job, Probe, Robots, Sitemap
from sitemap_cli.storage.statements import Statement

_JOBS = models.table_of(Job)
_JOB = _JOBS.c

# These statements run for every job, and a batch has thousands of jobs. Building them once and bypassing the
# ORM's bookkeeping halves their cost.
_OF_DOMAIN = (_JOB.tenant == bindparam("tenant"), _JOB.domain_id == bindparam("domain"))
_RUNNING = Statement(select(_JOB.id, _JOB.holder).where(*_OF_DOMAIN, _JOB.status == Status.RUNNING))
_STATUS = Statement(select(_JOB.status).where(_JOB.id == bindparam("job")))
_MARK_RUNNING = Statement(update(_JOBS).where(_JOB.id == bindparam("job"), _JOB.status == Status.PENDING))
_RECORD_ENDING = Statement(update(_JOBS).where(_JOB.id == bindparam("job"), _JOB.status.in_(UNENDED)))
# The values are stored as they are, where dataclasses.asdict() would copy them.
_TOTALS = tuple(each.name for each in dataclasses.fields(Totals))
_CLEARED = (
    *("verdict", "error", "started_at", "finished_at", "duration_ms", "sources", "holder"),
    *("compared_with", "sample", "gate", "all_urls", "changes"),
)


# A job gets its id before it waits for the lock of its domain, and its time after that.
LONGEST_WAIT = dt.timedelta(days=1)


class JobWithDomain(NamedTuple):
    """A job and the name of its domain."""

    job: Job
    domain: str


class DomainName(NamedTuple):
    """The id and the name of a domain."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job ended.

    ``sources`` lists what was requested besides the sitemaps, and the responses.
    """

    status: Status
    verdict: Verdict | None = None
    error: str | None = None
    duration_ms: int | None = None
    sources: Sequence[SourceResult] = ()


@dataclass(frozen=True, slots=True)
class LockHolder:
    """The process that holds the lock of a domain or a batch, and since when."""

    holder: str
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class RunnableJob:
    """A job that can be run; ``request_settings`` are those of its domain, as stored."""

    job_id: str
    domain_id: int
    domain: str
    target: str
    request_settings: Mapping[str, Any] | None = None


def select_runnable_jobs() -> Select[str, int, str, str, Any]:
    """Return a SELECT whose columns are the fields of :class:`RunnableJob`; the caller adds conditions."""
    columns = (Job.id, Job.domain_id, Domain.name, Job.target, Domain.preferences)
    return select(*columns).join(Domain, Domain.id == Job.domain_id)


async def find_runnable_job(session: AsyncSession, tenant: str, job_id: str) -> RunnableJob | None:
    """Return a job that is pending or can be resumed; None if it has ended or does not exist."""
    row = (
        await session.execute(
            select_runnable_jobs().where(Job.tenant == tenant, Job.id == job_id, _is_resumable())
        )
    ).one_or_none()
    return RunnableJob(*row) if row else None


async def find_batch_id(session: AsyncSession, job_id: str) -> str | None:
    """Return the id of the batch that a job belongs to; None if it belongs to none."""
    return await session.scalar(select(Job.batch_id).where(Job.id == job_id))


async def reset_job(session: AsyncSession, job_id: str) -> None:
    """Make a job that did not finish pending again, and delete what it recorded."""
    await _reset(session, Job.id == job_id)


async def reset_batch_jobs(session: AsyncSession, batch_id: str) -> None:
    """Make those jobs of a batch that did not finish pending again, and delete what they recorded."""
    await _reset(session, Job.batch_id == batch_id)


async def _reset(session: AsyncSession, condition: ColumnElement[bool]) -> None:
    unfinished = select(Job.id).where(condition, Job.status != Status.PENDING, _is_resumable())
    for model in (Probe, Sitemap, Robots, Finding):
        await session.execute(delete(model).where(model.job_id.in_(unfinished)))
    values = {"status": Status.PENDING, "sitemaps": 0, "urls": 0, "bytes": 0, **dict.fromkeys(_CLEARED)}
    await session.execute(update(Job).where(Job.id.in_(unfinished)).values(values))


async def record_running_job(
    session: AsyncSession,
    job_id: str,
    *,
    tenant: str,
    domain_id: int,
    target: Target,
    holder: str,
    batch_id: str | None = None,
) -> None:
    """Record a job that starts now, in the process that holds the lock of its domain.

    The caller chooses the id, so that it can close the job even if it is stopped during the commit.
    """
    await mark_interrupted(session, tenant, domain_id)
    now = dt.datetime.now(dt.UTC)
    job = Job(
        id=job_id,
        tenant=tenant,
        domain_id=domain_id,
        batch_id=batch_id,
        target=target.text,
        history=target.history,
        is_local=target.is_local,
        scope=target.scope,
        holder=holder,
        status=Status.RUNNING,
        created_at=now,
        started_at=now,
    )
    session.add(job)
    await session.flush()


async def mark_running(session: AsyncSession, tenant: str, domain_id: int, job_id: str, holder: str) -> bool:
    """Mark a pending job as running in the process that holds the lock of its domain.

    Returns:
        False if the job is no longer pending, because it was cancelled.
    """
    await mark_interrupted(session, tenant, domain_id)
    values = {"status": Status.RUNNING, "holder": holder, "started_at": dt.datetime.now(dt.UTC)}
    return await _MARK_RUNNING.count_changed(session, {**values, "job": job_id}) > 0


async def record_ending(session: AsyncSession, job_id: str, ending: Ending, totals: Totals) -> bool:
    """Record how a job ended; return False if an ending was already recorded."""
    values = {
        "status": ending.status,
        "verdict": ending.verdict,
        "error": ending.error,
        "duration_ms": ending.duration_ms,
        "finished_at": dt.datetime.now(dt.UTC),
        "sources": msgspec.to_builtins(list(ending.sources)),
        **{name: getattr(totals, name) for name in _TOTALS},
        "changes": msgspec.to_builtins(totals.changes),
    }
    if not totals.sitemaps:
        # Nothing shows that the target was a sitemap, so it remains a part of the site.
        del values["scope"]
    return await _RECORD_ENDING.count_changed(session, {**values, "job": job_id}) > 0


async def cancel_jobs(session: AsyncSession, job_ids: Sequence[str]) -> int:
    """Cancel those of some jobs that have not finished, and return their number.

    A process that runs one of them stops before the next sitemap, and keeps what is recorded.
    """
    return await _cancel(session, Job.id.in_(job_ids))


async def cancel_batch_jobs(session: AsyncSession, batch_id: str) -> int:
    """Cancel those jobs of a batch that have not finished, as :func:`cancel_jobs` does."""
    return await _cancel(session, Job.batch_id == batch_id)


async def _cancel(session: AsyncSession, condition: ColumnElement[bool]) -> int:
    ending = Ending(Status.CANCELLED, Verdict.CANCELLED, "cancelled by the user")
    running = (await session.scalars(select(Job.id).where(condition, Job.status == Status.RUNNING))).all()
    for job_id in running:
        await record_ending(session, job_id, ending, await job_totals.compute_partial_totals(session, job_id))
    values = {"status": ending.status, "verdict": ending.verdict, "error": ending.error}
    waiting = Job.status.in_((Status.PENDING, Status.INTERRUPTED))
    close = update(Job).where(condition, waiting).values({**values, "finished_at": dt.datetime.now(dt.UTC)})
    return len(running) + await _count_updated(session, close)


async def is_cancelled(session: AsyncSession, job_id: str) -> bool:
    """Return whether a running job was cancelled.

    Raises:
        LockLostError: another process, which had the lock meanwhile, closed or removed the job.
    """
    status: str | None = await _STATUS.find_value(session, {"job": job_id})
    if status not in (Status.RUNNING, Status.CANCELLED):
        why = f"another process marked the job {status}" if status else "another process removed the job"
        raise LockLostError("the lock was lost", where=f"job {job_id}", why=why)
    return status == Status.CANCELLED


async def is_pending(session: AsyncSession, job_id: str) -> bool:
    """Return whether a job waits for its begin."""
    return bool(await _STATUS.find_value(session, {"job": job_id}) == Status.PENDING)


async def follow_recorded_ids(session: AsyncSession, tenant: str) -> None:
    """Make the ids of new jobs sort after all recorded ones: the clock may have gone back since."""
    ids.follow_id(await session.scalar(select(func.max(Job.id)).where(Job.tenant == tenant)))


async def list_running_domains(session: AsyncSession, tenant: str) -> Sequence[DomainName]:
    """Return the domains that have a job marked as running."""
    query = select(Domain.id, Domain.name).join(Job, Job.domain_id == Domain.id).distinct()
    rows = await session.execute(query.where(Job.tenant == tenant, Job.status == Status.RUNNING))
    return [DomainName(*row) for row in rows]


async def find_lock_holder(session: AsyncSession, tenant: str, domain: str) -> LockHolder | None:
    """Return the process that runs a job of a domain; None if no job is marked as running."""
    named = select(Domain.id).where(Domain.tenant == tenant, Domain.name.in_(domains.list_spellings(domain)))
    running = (Job.tenant == tenant, Job.status == Status.RUNNING, Job.domain_id.in_(named))
    job = (await session.scalars(select(Job).where(*running).order_by(Job.id.desc()).limit(1))).first()
    return LockHolder(job.holder, job.started_at or job.created_at) if job and job.holder else None


async def mark_interrupted(session: AsyncSession, tenant: str, domain_id: int) -> None:
    """Mark the running jobs of a domain as interrupted.

    The caller holds the lock of the domain, so the processes of these jobs have terminated.
    """
    for job_id, holder in await _RUNNING.load_rows(session, {"tenant": tenant, "domain": domain_id}):
        error = f"{holder or 'its process'} terminated unexpectedly"
        ending = Ending(Status.INTERRUPTED, error=error)
        await record_ending(session, job_id, ending, await job_totals.compute_partial_totals(session, job_id))


async def find_job(session: AsyncSession, tenant: str, prefix: str) -> JobWithDomain:
    """Return the job whose id begins with ``prefix``, or the newest one for ``last``.

    Raises:
        NotFoundError: no id begins with it, or several do.
    """
    query, hint = _select_with_domain(tenant), "sitemap jobs list shows them"
    row = await id_prefix.find_by_prefix(
        session, query, Job.id, prefix, what="job", hint=hint, describe=_describe_candidate
    )
    return JobWithDomain(*row)


async def load_jobs(session: AsyncSession, tenant: str, job_ids: Sequence[str]) -> list[JobWithDomain]:
    """Return those of some hundred jobs that there are, in the order of their ids."""
    query = _select_with_domain(tenant).where(Job.id.in_(job_ids)).order_by(Job.id)
    return [JobWithDomain(*row) for row in await session.execute(query)]


def _describe_candidate(row: Row[Job, str]) -> str:
    job, domain = row
    return f"{job.id} {domain} {job.created_at.astimezone(dt.UTC):%Y-%m-%d %H:%M}"


async def list_jobs(
    session: AsyncSession,
    tenant: str,
    *,
    domain: str | None = None,
    statuses: Sequence[str] = (),
    verdicts: Sequence[str] = (),
    batch_id: str | None = None,
    since: dt.datetime | None = None,
    before: str | None = None,
    limit: int | None = None,
) -> Sequence[JobWithDomain]:
    """Return jobs with the names of their domains, newest first; ``before`` only those older than a job."""
    conditions = [Job.tenant == tenant]
    if batch_id is not None:
        # Written so that the index of jobs by batch and status serves; a batch belongs to one tenant.
        conditions, statuses = [Job.batch_id == batch_id], statuses or list(Status)
    if before is not None:
        conditions.append(Job.id < before)
    if since is not None:
        first = ids.make_first_id(since - LONGEST_WAIT)
        conditions += [Job.id >= first, Job.created_at >= since]
    if domain:
        names = domains.list_spellings_of_url(domain)
        known = await session.scalars(
            select(Domain.id).where(Domain.tenant == tenant, Domain.name.in_(names))
        )
        conditions.append(_is_one_of(Job.domain_id, known.all()))
    given = [each for each in ((Job.status, statuses), (Job.verdict, verdicts)) if each[1]]
    if limit is not None and given and (statuses or not domain):
        column, values = given.pop(0)
        others = [each.in_(wanted) for each, wanted in given]
        newest = job_history.select_newest_ids(column, values, limit, *conditions, *others)
        conditions = [Job.id.in_(newest)]
    conditions += [column.in_(values) for column, values in given]
    query = _select_with_domain(tenant).where(*conditions).order_by(Job.id.desc()).limit(limit)
    return [JobWithDomain(*row) for row in await session.execute(query)]


def _is_one_of(column: InstrumentedAttribute[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """Return a condition; for a single value one that keeps the order of an index."""
    return column == values[0] if len(values) == 1 else column.in_(values)


async def _count_updated(session: AsyncSession, statement: Update) -> int:
    """Execute an UPDATE and return the number of rows that it changed."""
    return cast("CursorResult[Any]", await session.execute(statement)).rowcount


def _is_resumable() -> ColumnElement[bool]:
    """Return the condition for jobs that did not end because of their site.

    A job that failed without a verdict failed because of a bug or a setting.
    """
    failed_without_verdict = and_(Job.status == Status.FAILED, Job.verdict.is_(None))
    return or_(Job.status.in_(UNFINISHED), failed_without_verdict)


def _select_with_domain(tenant: str) -> Select[Job, str]:
    return select(Job, Domain.name).join(Domain, Domain.id == Job.domain_id).where(Job.tenant == tenant)
