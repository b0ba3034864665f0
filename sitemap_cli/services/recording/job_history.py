"""Previous jobs over the same domain or target."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam, select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from sitemap_cli.model.values import Status
from sitemap_cli.storage import models
from sitemap_cli.storage.models import Job

# The statuses of jobs that read at least a part of their site.
READ_STATUSES = (Status.COMPLETED, Status.PARTIAL)

_JOB = models.table_of(models.Job).c


def select_recent_job_ids(*choices: tuple[int, Sequence[Status]]) -> CompoundSelect[Any]:
    """Return a SELECT of the ids of the last jobs of a domain.

    Each choice is a count and the statuses that qualify. It takes that many jobs of the domain, and as many
    over the same target: a domain with many targets that run every night must not push a target's own jobs
    out. The statement has the parameters ``tenant``, ``domain`` (an id) and ``target``.
    """
    of_domain = (_JOB.tenant == bindparam("tenant"), _JOB.domain_id == bindparam("domain"))
    newest = select(_JOB.id).where(*of_domain).order_by(_JOB.id.desc())
    queries = [
        which.where(_JOB.status.in_(statuses)).limit(count).subquery()
        for count, statuses in choices
        for which in (newest, newest.where(_JOB.target == bindparam("target")))
    ]
    return union(*(select(each.c.id) for each in queries))


def select_previous_jobs(job: Job, *columns: ColumnElement[Any] | InstrumentedAttribute[Any]) -> Select[Any]:
    """Return a SELECT of the older jobs over the same target, or of their columns, newest first."""
    query = select(*columns) if columns else select(Job)
    same = (Job.tenant == job.tenant, Job.domain_id == job.domain_id, Job.target == job.target)
    return query.where(*same, Job.id < job.id).order_by(Job.id.desc())


async def find_previous_complete_id(session: AsyncSession, job: Job) -> str | None:
    """Return the id of the previous complete job over the same target, or None."""
    query = select_previous_jobs(job, Job.id).where(Job.status == Status.COMPLETED).limit(1)
    found: str | None = await session.scalar(query)
    return found
