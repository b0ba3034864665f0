"""The sitemaps of a domain as a tree."""

from typing import Annotated

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.runtime import Run


@command()
async def tree(
    run: Run,
    domain: Annotated[str, typer.Argument(metavar="DOMAIN", help="Domain; its last complete job is used.")],
    job: Annotated[
        str | None, typer.Option(metavar="ID", help="Id of a job, or a unique prefix, to use instead.")
    ] = None,
) -> None:
    """Show the sitemaps of the last complete job of DOMAIN, each below its index."""
    from sitemap_cli.cli.view.sitemap_tree import render_tree
    from sitemap_cli.services.recording import jobs
    from sitemap_cli.services.reporting import job_result

    tenant = run.settings.tenant
    async with run.open_database() as db, db.reading() as session:
        job_id = job or await jobs.find_latest_complete_id_by_name(session, tenant, domain)
        result = await job_result.load_job_result(session, tenant, job_id)
    run.console.print_rendered(render_tree(result.sitemaps))
