"""The sitemaps of a domain as a tree."""

from sitemap_cli.cli.framework.chosen_job import DomainArgument, JobOption, choose_noted_job
from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.options import BaseUrl, TextOrJson
from sitemap_cli.cli.framework.runtime import Run

CHAPTER = "History"


@command()
async def tree(
    run: Run,
    domain: DomainArgument = None,
    job: JobOption = None,
    base_url: BaseUrl = None,
    format_: TextOrJson = "text",
) -> None:
    """Show the sitemaps of the last complete job of DOMAIN, each below its index.

    If DOMAIN is a URL with a path, only the sitemaps that list URLs below it, with the number of these.

    $ sitemap tree example.com
    $ sitemap tree https://example.com/blog/
    $ sitemap tree example.com --format json
    """
    from msgspec import UNSET

    from sitemap_cli.cli.view.sitemap_tree import render_tree
    from sitemap_cli.model.job_results import TreeDocument
    from sitemap_cli.services.reporting import job_part, job_result

    async with run.open_database() as db:
        chosen = await choose_noted_job(run, db, domain, job, base_url)
        async with db.reading() as session:
            result = await job_result.load_job_result(session, run.settings.tenant, chosen.job.id)
            sitemaps = result.sitemaps
            if chosen.scope is not None:
                sitemaps = await job_part.narrow_sitemaps(session, chosen.job.id, sitemaps, chosen.scope)
    document = TreeDocument(
        domain=result.domain,
        job_id=result.job_id,
        status=result.status,
        verdict=result.verdict,
        finished_at=result.finished_at,
        sitemaps=sitemaps,
        scope=chosen.scope or UNSET,
    )
    run.console.print_one(document, format_, lambda found: render_tree(found.sitemaps))
    if not sitemaps and chosen.scope is not None:
        run.console.print_note(chosen.nothing_below)
