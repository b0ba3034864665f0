"""The sitemaps of a domain as a tree."""

from sitemap_cli.cli.framework.chosen_job import DomainArgument, JobOption, choose_noted_job
from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.runtime import Run


@command()
async def tree(run: Run, domain: DomainArgument = None, job: JobOption = None) -> None:
    """Show the sitemaps of the last complete job of DOMAIN, each below its index."""
    from sitemap_cli.cli.view.sitemap_tree import render_tree
    from sitemap_cli.services.reporting import job_result

    async with run.open_database() as db:
        chosen = await choose_noted_job(run, db, domain, job)
        async with db.reading() as session:
            result = await job_result.load_job_result(session, run.settings.tenant, chosen.job.id)
    run.console.print_rendered(render_tree(result.sitemaps))
