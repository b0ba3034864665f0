"""Run queued jobs; any number of workers may run, on any number of machines."""

from typing import Annotated

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.options import Metrics
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.settings import FETCH, KEEP

CHAPTER = "Management"


@command(FETCH, KEEP)
async def worker(
    run: Run,
    drain: Annotated[bool, typer.Option("--drain", help="Exit when the queue is empty.")] = False,
    dead_after: Annotated[
        float,
        typer.Option(
            min=1,
            metavar="DURATION",
            help="Take over the jobs of a worker whose last heartbeat is older than this.",
        ),
    ] = 60.0,
    metrics: Metrics = None,
) -> None:
    """Run jobs from the Postgres queue, --concurrency sites at once, until stopped.

    sitemap batch --enqueue adds jobs to the queue. If a worker stops or dies, others take over its jobs.
    A worker is one process unless --processes is given: start as many workers as there are cores to use.

    $ sitemap worker --database postgresql://sitemap@db.example.com/sitemap --concurrency 20
    # Exit when the queue is empty
    $ sitemap worker --database postgresql://sitemap@db.example.com/sitemap --drain
    """
    from sitemap_cli.cli.framework.metrics import check_destination, collect_metrics
    from sitemap_cli.cli.framework.worker_runs import make_job_printer, run_worker_processes
    from sitemap_cli.tasks.processes.process_messages import WorkerSetup
    from sitemap_cli.tasks.run_job import RunContext
    from sitemap_cli.tasks.worker import check_queue, run_worker

    check_destination(metrics)
    concurrency = run.settings.concurrency
    async with (
        run.open_fetchers(concurrency * run.settings.per_host) as fetchers,
        run.open_database() as db,
    ):
        fetchers.check_options()
        await check_queue(db)
        async with collect_metrics(db, metrics) as meter:
            if await run_worker_processes(run, meter, WorkerSetup(concurrency, dead_after, drain)):
                return
            context = RunContext(db, fetchers, run.settings, meter, is_later=True)
            print_job = make_job_printer(db, run.settings, run.console)
            await run_worker(context, print_job, concurrency=concurrency, dead_after=dead_after, drain=drain)
