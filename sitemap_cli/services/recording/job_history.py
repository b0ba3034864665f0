"""Previous jobs over the same domain or target.

Jobs of a domain with the same history are compared; see :attr:`sitemap_cli.crawl.targets.Target.history`.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    bindparam,
    func,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from sitemap_cli.crawl.targets import Target
from sitemap_cli.model.values import Acceptance, Status
from sitemap_cli.storage import models
from sitemap_cli.storage.models import Job
from sitemap_cli.storage.statements import Row, Statement

# The statuses of jobs that read at least a part of their site.
READ_STATUSES = (Status.COMPLETED, Status.PARTIAL)

_JOB = models.table_of(models.Job).c

# Jobs to look through for the last complete one.
MAX_COMPARED = 10
# What jobs of the same history have in common.
_SAME = ("tenant", "domain_id", "history", "is_local")

_ROW = models.table_of(models.Sitemap).c
_READ = Statement(
    select(_ROW.job_id, _ROW.url, _ROW.document_id, _ROW.error, _ROW.status_code)
    .where(_ROW.job_id.in_(bindparam("jobs", expanding=True)))
    .order_by(_ROW.job_id, _ROW.id)
)


class ComparedJob(NamedTuple):
    """A previous job that another one is compared with."""

    id: str
    status: str
    unique_urls: int
    created_at: dt.datetime
    changes: Mapping[str, Any] | None


class EarlierJobs(NamedTuple):
    """The ids of the job that a check compares with, and of the previous complete job; None without one."""

    reference: str | None = None
    complete: str | None = None


@dataclass(frozen=True, slots=True)
class ComparedJobs:
    """The previous jobs that recorded something, newest first, up to a complete one; and their sitemaps."""

    jobs: Sequence[ComparedJob] = ()
    sitemaps: Sequence[Row] = ()

    @property
    def complete(self) -> ComparedJob | None:
        """The previous complete job, if there was one."""
        return self.jobs[-1] if self.jobs and self.jobs[-1].status == Status.COMPLETED else None

    def documents_of(self, job: ComparedJob) -> dict[int, str]:
        """Return the documents of one of the jobs, with the URL of the first sitemap that has it."""
        found = dict[int, str]()
        for row in self.sitemaps:
            if row.job_id == job.id and row.document_id is not None:
                found.setdefault(row.document_id, row.url)
        return found


def select_newest_ids(
    column: ColumnElement[Any] | InstrumentedAttribute[Any],
    values: Sequence[Any],
    count: int,
    *conditions: ColumnElement[bool],
) -> Select[str]:
    """Return a SELECT of the ids of the newest jobs that have one of some values in a column.

    For each value an index has the newest jobs; for all values at once, the database would sort all of them.
    """
    newest = select(_JOB.id).where(*conditions).order_by(_JOB.id.desc()).limit(count)
    if len(values) == 1:
        return newest.where(column == values[0])
    found = union_all(*(select(newest.where(column == each).subquery()) for each in values)).subquery()
    return select(found.c.id).order_by(found.c.id.desc()).limit(count)


def select_recent_job_ids(*choices: tuple[int, Sequence[Status]]) -> Statement:
    """Return a statement that selects the ids of the last jobs of a domain.

    Load them before what these jobs have: Postgres may read whole tables for a subquery.

    Each choice is a count and the statuses that qualify. It takes that many jobs of the domain, and as many
    with the same history: a domain with many targets that run every night must not push a target's own jobs
    out. A local build only has the jobs of its own history, and a site never those of a local build. The
    statement has the parameters ``tenant``, ``domain`` (an id), ``history`` and ``is_local``.
    """
    of_domain = (_JOB.tenant == bindparam("tenant"), _JOB.domain_id == bindparam("domain"))
    same = _JOB.history == bindparam("history")
    usable = (_JOB.is_local == bindparam("is_local"), or_(~_JOB.is_local, same))
    queries = [
        select_newest_ids(_JOB.status, statuses, count, *of_domain, *usable, *which).subquery()
        for count, statuses in choices
        for which in ((), (same,))
    ]
    return Statement(union(*(select(each.c.id) for each in queries)))


def bind_history(tenant: str, domain_id: int, target: Target) -> Mapping[str, Any]:
    """Return the parameters of :func:`select_recent_job_ids` for a job over a target."""
    return {"tenant": tenant, "domain": domain_id, "history": target.history, "is_local": target.is_local}


def select_previous_jobs(job: Job, *columns: ColumnElement[Any] | InstrumentedAttribute[Any]) -> Select[Any]:
    """Return a SELECT of the older jobs with the same history, or of their columns, newest first."""
    query = select(*columns) if columns else select(Job)
    return query.where(*_has_history_of(job), Job.id < job.id).order_by(Job.id.desc())


def select_previous_id(job: type[Job], *statuses: Status) -> ScalarSelect[str]:
    """Return a subquery of the id of the previous job with the same history, for each row of ``job``.

    ``job`` is the class of the enclosing query or an alias of it, ``statuses`` are those that qualify: by
    default those of jobs that ended because of their site.
    """
    previous = aliased(Job)
    same = (previous.tenant == job.tenant, previous.domain_id == job.domain_id)
    history = (previous.history == job.history, previous.is_local == job.is_local)
    if len(statuses) == 1:
        ended = previous.status == statuses[0]
    else:
        # Nearly all jobs have ended, so the newest ones are looked at, rather than those of each status.
        others = [each for each in Status if each not in (statuses or (*READ_STATUSES, Status.FAILED))]
        ended = previous.status.not_in(others)
    query = select(previous.id).where(*same, *history, ended, previous.id < job.id)
    return query.order_by(previous.id.desc()).limit(1).correlate(job).scalar_subquery()


async def load_compared_jobs(
    session: AsyncSession, job_id: str, tenant: str, domain_id: int, target: Target
) -> ComparedJobs:
    """Return the jobs before one over a target that recorded something, newest first, up to a complete one.

    What the newest of them could not read, an older one may have read.
    """
    found = list[ComparedJob]()
    same = dict(zip(_SAME, (tenant, domain_id, target.history, target.is_local), strict=True))
    for row in await _COMPARED.load_rows(session, {"job": job_id, **same}):
        found.append(ComparedJob(*row))
        if found[-1].status == Status.COMPLETED:
            break
    if not found:
        return ComparedJobs()
    return ComparedJobs(found, await _READ.load_rows(session, {"jobs": [each.id for each in found]}))


async def find_reference_job(session: AsyncSession, job: Job) -> Job | None:
    """Return the previous complete job that a check compares with, or None.

    It is the last one that a check passed or the user accepted: a job that was only analyzed must not make a
    loss look normal. Before the first check, it is the last one that no check refused.
    """
    newest = select_previous_jobs(job).limit(1)
    accepted = Job.gate.in_((Acceptance.PASSED, Acceptance.ACCEPTED))
    # Written so that the index of jobs with a gate serves, as most domains have none or a few.
    complete = Job.status.not_in([each for each in Status if each is not Status.COMPLETED])
    found = (await session.scalars(newest.where(complete, accepted))).first()
    unjudged = newest.where(Job.status == Status.COMPLETED, Job.gate.is_(None))
    return found or (await session.scalars(unjudged)).first()


async def find_earlier_jobs(session: AsyncSession, job_ids: Sequence[str]) -> Mapping[str, EarlierJobs]:
    """Return for each of some hundred jobs which earlier ones it is compared with, by its id."""
    rows = await session.execute(_EARLIER, {"jobs": job_ids})
    return {job: EarlierJobs(*earlier) for job, *earlier in rows}


def _has_history_of(job: Job) -> tuple[ColumnElement[bool], ...]:
    same = (Job.tenant == job.tenant, Job.domain_id == job.domain_id)
    return (*same, Job.history == job.history, Job.is_local == job.is_local)


def _select_compared() -> Select[*tuple[Any, ...]]:
    """Return a SELECT of the fields of the last complete job and the last partial ones, newest first."""
    older = [*(_JOB[name] == bindparam(name) for name in _SAME), _JOB.id < bindparam("job")]
    fields = ComparedJob._fields
    newest = select(*(_JOB[name] for name in fields)).where(*older).order_by(_JOB.id.desc())
    counts = ((Status.COMPLETED, 1), (Status.PARTIAL, MAX_COMPARED))
    parts = (newest.where(_JOB.status == status).limit(count).subquery() for status, count in counts)
    found = union_all(*(select(each) for each in parts)).subquery().c
    return select(*(found[name] for name in fields)).order_by(found.id.desc()).limit(MAX_COMPARED)


def _select_earlier() -> Select[str, str | None, str | None]:
    """Return a SELECT of :class:`EarlierJobs` for each of some jobs; see :func:`find_reference_job`."""
    job, previous = models.table_of(Job).alias(), models.table_of(Job).alias()
    same = [previous.c[name] == job.c[name] for name in _SAME]
    newest = select(previous.c.id).where(*same, previous.c.id < job.c.id).order_by(previous.c.id.desc())
    newest = newest.limit(1).correlate(job)
    gate, status = previous.c.gate, previous.c.status
    # As in the statement for one job: the index of jobs with a gate serves.
    complete = status.not_in([each for each in Status if each is not Status.COMPLETED])
    accepted = newest.where(complete, gate.in_((Acceptance.PASSED, Acceptance.ACCEPTED)))
    unjudged = newest.where(status == Status.COMPLETED, gate.is_(None))
    reference = func.coalesce(accepted.scalar_subquery(), unjudged.scalar_subquery())
    last = newest.where(status == Status.COMPLETED).scalar_subquery()
    return select(job.c.id, reference, last).where(job.c.id.in_(bindparam("jobs", expanding=True)))


_COMPARED = Statement(_select_compared())
_EARLIER = _select_earlier()
