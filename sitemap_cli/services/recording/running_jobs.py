"""Jobs of all tenants that are marked as running, whether or not their processes are alive."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.values import Status
from sitemap_cli.storage.models import Domain, Job


class RunningJob(NamedTuple):
    """A job that is marked as running, with what names the lock of its domain."""

    id: str
    tenant: str
    domain: str


async def list_running_jobs(session: AsyncSession) -> Sequence[RunningJob]:
    """Return the jobs of all tenants that are marked as running, oldest first."""
    query = select(Job.id, Job.tenant, Domain.name).join(Domain, Domain.id == Job.domain_id)
    rows = await session.execute(query.where(Job.status == Status.RUNNING).order_by(Job.id))
    return [RunningJob(*row) for row in rows]
