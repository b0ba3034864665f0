"""The hierarchy of a domain's sitemaps."""

from typing import Annotated

import typer

from sitemap_cli.cli.adapter import command
from sitemap_cli.cli.runtime import Run


@command()
async def tree(
    run: Run,
    domain: Annotated[str, typer.Argument(metavar="DOMAIN", help="Whose last complete job.")],
    job: Annotated[str | None, typer.Option(metavar="ID", help="This job instead.")] = None,
) -> None:
    """Draw the sitemaps of DOMAIN's last complete job, each below the index that lists it."""
    from sitemap_cli.cli.hierarchy import branches
    from sitemap_cli.services import jobs, results

    tenant = run.settings.tenant
    async with run.database() as db, db.reading() as session:
        job_id = job or await jobs.last_complete(session, tenant, domain)
        result = await results.result(session, tenant, job_id)
    run.console.show(branches(result["sitemaps"]))
