"""What was submitted to search engines: the responses, and how far a submission got."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl.url_submission import ACCEPTED
from sitemap_cli.model.values import Status
from sitemap_cli.services.recording.job_history import select_previous_jobs
from sitemap_cli.storage.history_models import Submission
from sitemap_cli.storage.models import Job


@dataclass(frozen=True, slots=True)
class Selection:
    """Some URLs of a job that are submitted to one endpoint; ``text`` names them."""

    tenant: str
    domain_id: int
    job_id: str
    endpoint: str
    text: str


@dataclass(frozen=True, slots=True)
class SubmittedPart:
    """URLs of one host that one request had, and the response.

    ``position`` is the number of URLs of that host before them.
    """

    host: str
    position: int
    urls: int
    status_code: int | None
    error: str | None


async def record_submission(session: AsyncSession, selection: Selection, part: SubmittedPart) -> None:
    """Record the response to one request."""
    await _add_row(
        session,
        selection,
        host=part.host,
        position=part.position,
        urls=part.urls,
        status_code=part.status_code,
        error=part.error,
    )


async def record_completion(session: AsyncSession, selection: Selection) -> None:
    """Record that all URLs of a selection were accepted, if that is not recorded yet.

    What says so of jobs that were removed is deleted, so that these rows do not become more every night.
    """
    of_domain = (Submission.tenant == selection.tenant, Submission.domain_id == selection.domain_id)
    useless = (Submission.host.is_(None), Submission.job_id.is_(None))
    await session.execute(delete(Submission).where(*of_domain, *useless))
    query = select(Submission.id).where(*_is_of(selection), Submission.host.is_(None))
    if await session.scalar(query.limit(1)) is None:
        await _add_row(session, selection, host=None, position=0, urls=0, status_code=None, error=None)


async def load_positions(session: AsyncSession, selection: Selection) -> dict[str, int]:
    """Return how many URLs of each host were accepted, without a gap, the last time they were submitted."""
    accepted = (*_is_of(selection), Submission.status_code.in_(ACCEPTED), Submission.error.is_(None))
    newest = select(func.max(Submission.id)).where(*accepted).group_by(Submission.host)
    columns = (Submission.host, Submission.position, Submission.urls)
    rows = await session.execute(select(*columns).where(Submission.id.in_(newest)))
    return {host: position + urls for host, position, urls in rows if host is not None}


async def find_base(session: AsyncSession, job: Job, endpoint: str, extent: str) -> Job | None:
    """Return the job since which URLs are new or changed for an endpoint; None if there is no earlier one.

    It is the last complete job whose URLs of the same extent were all accepted. So nothing is lost if a
    submission failed, or if there were several jobs meanwhile. Without one it is the previous complete job.
    """
    whole = exists().where(
        Submission.job_id == Job.id,
        Submission.endpoint == endpoint,
        Submission.host.is_(None),
        Submission.selection.endswith(f" {extent}", autoescape=True),
    )
    complete = select_previous_jobs(job).where(Job.status == Status.COMPLETED).limit(1)
    return (await session.scalars(complete.where(whole))).first() or (await session.scalars(complete)).first()


async def _add_row(session: AsyncSession, selection: Selection, **values: str | int | None) -> None:
    """Add a row. Its job may have been removed meanwhile."""
    job_id = await session.scalar(select(Job.id).where(Job.id == selection.job_id))
    row = Submission(
        tenant=selection.tenant,
        domain_id=selection.domain_id,
        job_id=job_id,
        endpoint=selection.endpoint,
        selection=selection.text,
        submitted_at=dt.datetime.now(dt.UTC),
        **values,
    )
    session.add(row)
    await session.flush()


def _is_of(selection: Selection) -> tuple[ColumnElement[bool], ...]:
    row = Submission
    same_job = (row.job_id == selection.job_id, row.endpoint == selection.endpoint)
    return (row.tenant == selection.tenant, *same_job, row.selection == selection.text)
