"""Analyze a target as the command does, with a fetcher of the test."""

from sitemap_cli.crawl.targets import Target
from sitemap_cli.fetch.interface import Fetcher
from sitemap_cli.progress import Progress
from sitemap_cli.services.recording import domains, jobs
from sitemap_cli.services.shared import ids
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks.analyze import RunningJob, analyze_job
from sitemap_cli.tasks.outcome import record_outcome


async def record_analysis(db: Database, target: Target, fetcher: Fetcher, settings: Settings) -> str:
    """Record a job for the tenant of the settings, run it to its end, and return its id."""
    job_id = ids.generate_id()
    async with record_outcome(db, job_id) as watch:
        async with db.transaction() as session:
            domain_id = await domains.ensure_domain(session, settings.tenant, target.domain)
            await jobs.record_running_job(
                session,
                job_id,
                tenant=settings.tenant,
                domain_id=domain_id,
                target=target,
                holder="a test",
            )
        await analyze_job(RunningJob(db, fetcher, settings, job_id, domain_id, target), Progress(), watch)
    return job_id
