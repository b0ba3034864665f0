"""Record new jobs, and load the request settings of their domains."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl.targets import Target
from sitemap_cli.services.catalog import domain_catalog
from sitemap_cli.services.catalog.request_settings import RequestSettings
from sitemap_cli.services.recording import domains, jobs


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job that is about to be recorded; ``holder`` names its process in messages to other processes."""

    tenant: str
    job_id: str
    target: Target
    holder: str


@dataclass(frozen=True, slots=True)
class StartedJob:
    """A job that is recorded as running; ``request_settings`` are those of its domain."""

    job_id: str
    domain_id: int
    target: Target
    request_settings: RequestSettings


async def start_job(session: AsyncSession, new: NewJob) -> StartedJob:
    """Record a job as running, and its domain if that is new."""
    domain_id = await domains.ensure_domain(session, new.tenant, new.target.domain)
    await jobs.record_running_job(
        session,
        new.job_id,
        tenant=new.tenant,
        domain_id=domain_id,
        target=new.target,
        holder=new.holder,
    )
    request_settings = await domain_catalog.load_request_settings(session, domain_id)
    return StartedJob(new.job_id, domain_id, new.target, request_settings)
