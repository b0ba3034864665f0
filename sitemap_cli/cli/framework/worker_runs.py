"""Run a worker for a command, in this process or in several."""

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from sitemap_cli.cli.console import Console
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.cli.view.numbers import format_count
from sitemap_cli.progress import Meter
from sitemap_cli.settings import Settings

if TYPE_CHECKING:
    from sitemap_cli.storage.database import Database
    from sitemap_cli.tasks.processes.process_messages import Setup, WorkerSetup
    from sitemap_cli.tasks.worker import OnJobEnd


def make_job_printer(db: "Database", settings: Settings, console: Console) -> "OnJobEnd":
    """Return a function that prints a line about a job that has ended."""
    from sitemap_cli.services.recording import jobs

    async def print_job(tenant: str, job_id: str) -> None:
        async with db.reading() as session:
            job, domain = await jobs.find_job(session, tenant, job_id)
        verdict = job.verdict or job.status
        line = f"{domain}  {verdict}  {format_count(job.urls, 'URL')}  {job.error or ''}".rstrip()
        if settings.log_format == "text":  # JSON has the time, and an event for each job
            console.print_note(f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M:%S}Z  {line}")

    return print_job


async def run_worker_processes(run: Run, meter: Meter, worker: "WorkerSetup") -> bool:
    """Run a worker in each of ``--processes``; return False for 1, the default, or if none can be started.

    The default is not the number of cores, as in a batch: a worker is a service, of which users start as many
    as they want.

    Raises:
        SitemapError: an error that ends a worker, such as a lost database.
    """
    from sitemap_cli.tasks.processes.worker_group import WorkerGroup, share_concurrency

    count = min(run.settings.processes or 1, worker.concurrency)
    if count == 1:
        return False
    shares = share_concurrency(worker.concurrency, count)
    setups = [_build_setup(run.settings, meter, replace(worker, concurrency=each)) for each in shares]
    return await WorkerGroup(setups, meter, run.console.print_forwarded).run()


def _build_setup(settings: Settings, meter: Meter, worker: "WorkerSetup") -> "Setup":
    from sitemap_cli.tasks.processes.process_messages import Setup

    return Setup(
        replace(settings, processes=1),
        connections=worker.concurrency * settings.per_host,
        measures=type(meter) is not Meter,
        is_later=True,
        worker=worker,
    )
