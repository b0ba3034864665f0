"""The histories of domains: the jobs that are compared with one another."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.values import Status
from sitemap_cli.storage.models import History, Job


async def find_history(session: AsyncSession, job: Job) -> History | None:
    """Return the history of a job if it is recorded: until something changes, it is not."""
    same = (History.domain_id == job.domain_id, History.history == job.history)
    return (await session.scalars(select(History).where(*same, History.is_local == job.is_local))).first()


async def ensure_history(session: AsyncSession, job: Job) -> History:
    """Return the history of a job, and record it if it is not.

    It begins with the first complete job that is recorded, so it must be recorded before that job is removed.
    """
    found = await find_history(session, job)
    if found is None:
        complete = (Job.history == job.history, Job.is_local == job.is_local, Job.status == Status.COMPLETED)
        of_domain = select(Job.created_at).where(Job.tenant == job.tenant, Job.domain_id == job.domain_id)
        first = (await session.scalars(of_domain.where(*complete).order_by(Job.id).limit(1))).first()
        found = History(
            tenant=job.tenant,
            domain_id=job.domain_id,
            history=job.history,
            is_local=job.is_local,
            since=first or job.created_at,
        )
        session.add(found)
        await session.flush()
    return found
