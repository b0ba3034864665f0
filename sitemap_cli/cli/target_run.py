"""Carries out a job over one target, and tells what it recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sitemap_cli.cli.framework.fetchers import Fetchers
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.configuration import variable

if TYPE_CHECKING:
    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.storage.database import Database


async def run_target(
    run: Run, db: "Database", fetchers: Fetchers, target: "Target", *, wait: bool = False
) -> dict[str, Any]:
    """Record a job, run it, and read back what it recorded.

    Raises:
        LockedError: another run is at work on the domain, and we shall not wait.
    """
    from sitemap_cli.cli.view.live_progress import show_progress
    from sitemap_cli.progress import Progress
    from sitemap_cli.services.catalog import domain_catalog
    from sitemap_cli.services.recording import domains, jobs
    from sitemap_cli.services.reporting import job_result
    from sitemap_cli.services.shared import ids
    from sitemap_cli.tasks.analyze import Job
    from sitemap_cli.tasks.analyze import analyze as task
    from sitemap_cli.tasks.locking import describe_process, domain_lock
    from sitemap_cli.tasks.outcome import outcome

    tenant, job_id, progress = run.settings.tenant, ids.generate_id(), Progress()
    waits = run.console.note if wait else None
    with _telling_of(run, job_id):
        async with domain_lock(db, tenant, target.domain, waits), outcome(db, job_id) as watch:
            async with db.transaction() as session:
                domain_id = await domains.ensure_domain(session, tenant, target.domain)
                await jobs.record_running_job(
                    session,
                    job_id,
                    tenant=tenant,
                    domain_id=domain_id,
                    target=target.given,
                    holder=describe_process(),
                )
                preferences = await domain_catalog.load_request_settings(session, domain_id)
            settings = preferences.apply_to(run.settings, variable)
            job = Job(db, fetchers.of(target, settings), settings, job_id, domain_id, target)
            with show_progress(run.console, target.domain, progress):
                await task(job, progress, watch)
    async with db.reading() as session:
        return await job_result.load_job_result(session, tenant, job_id)


@contextmanager
def _telling_of(run: Run, job_id: str) -> Iterator[None]:
    """Say where to find what was recorded before a signal stopped the run."""
    from asyncio import CancelledError

    from sitemap_cli.cli.framework.signals import Stopped

    try:
        yield
    except (CancelledError, Stopped):
        run.console.note(f"stopped; what was read so far is recorded: sitemap jobs show {job_id}")
        raise
