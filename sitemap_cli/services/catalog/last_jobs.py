"""The last job of each domain of the catalog."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.values import Status
from sitemap_cli.services.catalog.domain_catalog import has_tags
from sitemap_cli.services.recording.job_choice import ENDINGS, WHOLE_SITE
from sitemap_cli.storage.models import Domain, Job


class LastJob(NamedTuple):
    """A domain and the job whose URLs are listed; a domain without any recorded sitemap has none."""

    domain: str
    job_id: str | None
    status: str | None
    sitemaps: int | None

    @property
    def is_complete(self) -> bool:
        """Whether the job is complete."""
        return self.status == Status.COMPLETED


async def list_last_jobs(
    session: AsyncSession, tenant: str, *, tags: Sequence[str] = (), after: str = "", limit: int
) -> list[LastJob]:
    """Return domains by name with their last complete jobs, or else the newest that recorded a sitemap.

    Jobs of the whole site come first, as for a single domain. Local builds are not the site.

    Args:
        session: the caller's.
        tenant: the owner of the domains.
        tags: only domains with all of these tags.
        after: only domains whose name comes after this one.
        limit: return at most this many.
    """
    # COALESCE stops at the first that is found, so most domains take one look into an index.
    whole = Job.history == WHOLE_SITE
    complete = Job.status == Status.COMPLETED
    recorded = (Job.sitemaps > 0, Job.status.in_(list(ENDINGS)))
    choices = ((whole, complete), (whole, *recorded), (complete,), recorded)
    found = func.coalesce(*(_select_newest(tenant, *each) for each in choices)).label("job_id")
    page = (
        select(Domain.name, found)
        .where(Domain.tenant == tenant, Domain.name > after, *has_tags(tags))
        .order_by(Domain.name)
        .limit(limit)
        .subquery()
    )
    query = select(page.c.name, Job.id, Job.status, Job.sitemaps).outerjoin_from(
        page, Job, Job.id == page.c.job_id
    )
    return [LastJob._make(row) for row in await session.execute(query.order_by(page.c.name))]


def _select_newest(tenant: str, *conditions: ColumnElement[bool]) -> ScalarSelect[str]:
    """Return a subquery of the newest job of a domain: the jobs are read from the newest on."""
    of_domain = (Job.tenant == tenant, Job.domain_id == Domain.id, ~Job.is_local)
    query = select(Job.id).where(*of_domain, *conditions).correlate(Domain)
    return query.order_by(Job.id.desc()).limit(1).scalar_subquery()
