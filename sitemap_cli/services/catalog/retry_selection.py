"""Select the targets to retry: those of given jobs, or those whose last job ended in a certain way."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.values import UNENDED
from sitemap_cli.storage.models import Domain, Job


@dataclass(frozen=True, slots=True)
class RetryTarget:
    """The domain of a job, as the user named it, and the job's target."""

    domain: str
    target: str


async def list_targets_by_id(session: AsyncSession, job_ids: Sequence[str]) -> list[RetryTarget]:
    """Return the targets of these jobs, however they ended."""
    return await _load_targets(session, _select_targets().where(Job.id.in_(job_ids)))


async def list_targets_by_ending(
    session: AsyncSession,
    tenant: str,
    *,
    verdicts: Sequence[str] = (),
    statuses: Sequence[str] = (),
    batch_id: str | None = None,
    domain: str | None = None,
) -> list[RetryTarget]:
    """Return the targets whose last job has one of the verdicts and statuses, if any are given."""
    last = select(func.max(Job.id)).where(Job.tenant == tenant, Job.status.not_in(UNENDED))
    query = _select_targets().where(Job.id.in_(last.group_by(Job.domain_id, Job.target)))
    filters = (
        (Job.verdict.in_(verdicts), verdicts),
        (Job.status.in_(statuses), statuses),
        (Job.batch_id == batch_id, batch_id),
        (Domain.name == domain, domain),
    )
    return await _load_targets(session, query.where(*(condition for condition, given in filters if given)))


async def _load_targets(session: AsyncSession, query: Select[str, str]) -> list[RetryTarget]:
    return [RetryTarget(*row) for row in (await session.execute(query.order_by(Job.id))).all()]


def _select_targets() -> Select[str, str]:
    return select(Domain.name, Job.target).join(Domain, Domain.id == Job.domain_id)
