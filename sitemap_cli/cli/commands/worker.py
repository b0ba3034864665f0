"""One of any number of processes, on any number of machines, that carry out what is in the queue."""

from typing import Annotated

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.cli.view.numbers import format_count
from sitemap_cli.settings import FETCH


@command(FETCH)
async def worker(
    run: Run,
    drain: Annotated[
        bool, typer.Option("--drain", help="End when nothing waits or runs any longer.")
    ] = False,
    dead_after: Annotated[
        float,
        typer.Option(
            min=1,
            metavar="SECONDS",
            help="Take up the jobs of a worker that gave no sign of life for so long.",
        ),
    ] = 60.0,
    metrics: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|:PORT", help="Keep metrics for Prometheus in a file, or serve them at a port."
        ),
    ] = None,
) -> None:
    """Take jobs from the queue in Postgres, --concurrency sites at once, until stopped.

    Jobs get there by sitemap batch --enqueue. What a worker that stops, or dies, had in hand
    is taken up by another.
    """
    from sitemap_cli.cli.framework.metrics import collect_metrics
    from sitemap_cli.services.recording import jobs
    from sitemap_cli.tasks.run_job import RunContext
    from sitemap_cli.tasks.worker import run_worker

    concurrency = run.settings.concurrency
    async with (
        run.open_database() as db,
        run.open_fetchers(concurrency * run.settings.per_host) as fetchers,
    ):

        async def print_job(tenant: str, job_id: str) -> None:
            async with db.reading() as session:
                job, domain = await jobs.find_job(session, tenant, job_id)
            verdict = job.verdict or job.status
            run.console.print_note(
                f"{domain}  {verdict}  {format_count(job.urls, 'URL')}  {job.error or ''}".rstrip()
            )

        async with collect_metrics(db, metrics) as meter:
            context = RunContext(db, fetchers, run.settings, meter)
            await run_worker(context, print_job, concurrency=concurrency, dead_after=dead_after, drain=drain)
