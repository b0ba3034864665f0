"""Which jobs to retry: those named by id, or those that ended in a certain way and were not repeated."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from sitemap_cli.model.values import UNENDED, UNFINISHED, Status
from sitemap_cli.services.catalog import batches
from sitemap_cli.services.recording import domains, jobs
from sitemap_cli.storage.models import Domain, Job


@dataclass(frozen=True, slots=True)
class RetrySelection:
    """Jobs by their ids, or by their verdicts and statuses, within a batch or a domain if one is named."""

    job_ids: Sequence[str] = ()
    verdicts: Sequence[str] = ()
    statuses: Sequence[str] = ()
    batch: str | None = None
    domain: str | None = None


class RetryTarget(NamedTuple):
    """What a job analyzed, as the user named it, and whether it was a local build."""

    name: str
    is_local: bool


async def find_retry_targets(
    session: AsyncSession, tenant: str, selection: RetrySelection
) -> list[RetryTarget]:
    """Return what the selected jobs analyzed, oldest job first.

    Raises:
        NotFoundError: there is no such job, or no such batch.
    """
    if selection.job_ids:
        ids = [(await jobs.find_job(session, tenant, each))[0].id for each in selection.job_ids]
        query = select(Job.id, Job.target, Job.is_local).where(Job.id.in_(ids))
    else:
        query = await _select_by_ending(session, tenant, selection)
    # Sorted here: for this order SQLite would look at all jobs, rather than at those with a verdict.
    return [RetryTarget(*row[1:]) for row in sorted((await session.execute(query)).all())]


async def _select_by_ending(
    session: AsyncSession, tenant: str, selection: RetrySelection
) -> Select[str, str, bool]:
    """Select the last job of each history, if it ended in one of the selected ways."""
    batch = selection.batch
    batch_id = (await batches.find_batch(session, tenant, batch)).id if batch else None
    # A retry that was interrupted says nothing about the site, so the job before it is still to be retried.
    ignored = UNENDED if Status.INTERRUPTED in selection.statuses else UNFINISHED
    query = select(Job.id, Job.target, Job.is_local).join(Domain, Domain.id == Job.domain_id)
    query = query.where(Job.tenant == tenant, Job.status.not_in(ignored), ~_has_newer(ignored))
    conditions = (
        (Job.verdict.in_(selection.verdicts), selection.verdicts),
        (Job.status.in_(selection.statuses), selection.statuses),
        (Job.batch_id == batch_id, batch_id),
        (Domain.name.in_(domains.list_spellings(selection.domain or "")), selection.domain),
    )
    return query.where(*(condition for condition, given in conditions if given))


def _has_newer(ignored: Sequence[Status]) -> ColumnElement[bool]:
    """Return whether a newer job of its history, whose status is not ignored, follows a job."""
    newer = aliased(Job)
    of_domain = (newer.tenant == Job.tenant, newer.domain_id == Job.domain_id, newer.id > Job.id)
    same = (newer.history == Job.history, newer.is_local == Job.is_local)
    return select(newer.id).where(*of_domain, *same, newer.status.not_in(ignored)).exists()
