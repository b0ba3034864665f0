"""Runs of jobs as the commands do them: a transaction that records the job, then the task."""

from sitemap_cli.crawl import targets
from sitemap_cli.crawl.fetchers import Fetchers
from sitemap_cli.model.results import JobResult
from sitemap_cli.progress import Progress
from sitemap_cli.services.catalog.job_start import NewJob, start_job
from sitemap_cli.services.reporting import job_result
from sitemap_cli.services.shared import ids
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks.locking import describe_process
from sitemap_cli.tasks.preparation.preparer import DocumentPreparer
from sitemap_cli.tasks.run_job import RunContext, open_new_job, run_new_job


async def analyze_target(
    db: Database,
    settings: Settings,
    target: str,
    base_url: str | None = None,
    preparer: DocumentPreparer | None = None,
) -> JobResult:
    """Analyze a target, and return the result of its job."""
    parsed = targets.parse_target(target, base_url=base_url)
    new = NewJob(settings.tenant, ids.generate_id(), parsed, describe_process())
    fetchers = Fetchers(settings)
    try:
        async with open_new_job(db, new, None) as stopwatch:
            async with db.transaction() as session:
                started = await start_job(session, new)
            context = RunContext(db, fetchers, settings, preparer=preparer or DocumentPreparer())
            await run_new_job(context, started, Progress(), stopwatch)
    finally:
        await fetchers.close()
    async with db.reading() as session:
        return await job_result.load_job_result(session, settings.tenant, new.job_id)
