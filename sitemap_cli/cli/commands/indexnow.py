"""Submit new and changed URLs to search engines."""

from typing import TYPE_CHECKING, Annotated

import typer

from sitemap_cli.cli.framework.chosen_job import DomainArgument, JobOption, choose_noted_job
from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.options import TextJsonOrLines, Wait, split_commas
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import UsageError
from sitemap_cli.settings import FETCH

if TYPE_CHECKING:
    from sitemap_cli.storage.database import Database


@command(FETCH)
async def indexnow(
    run: Run,
    domain: DomainArgument = None,
    job: JobOption = None,
    indexnow_key: Annotated[
        str | None,
        typer.Option(
            "--key", metavar="KEY", help="Key that is in a file on the site, by default https://HOST/KEY.txt."
        ),
    ] = None,
    key_location: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="URL of the key file; only URLs of its host, in its folder or below it."
        ),
    ] = None,
    new_since: Annotated[
        str | None,
        typer.Option(
            metavar="JOB|DATE",
            help="Compare with this job, or with the last complete one at this time. Default: the last one "
            "that was submitted, or the previous one.",
        ),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Submit all URLs of the job.")] = False,
    only_new: Annotated[
        bool, typer.Option("--only-new", help="Skip URLs that were listed before and have changed.")
    ] = False,
    removed: Annotated[
        bool, typer.Option("--removed", help="Submit URLs that are no longer listed, too.")
    ] = False,
    trust_lastmod: Annotated[
        bool,
        typer.Option(
            "--trust-lastmod",
            help="Submit URLs with a new lastmod alone, even if the site's lastmods proved unreliable.",
        ),
    ] = False,
    host: Annotated[
        list[str] | None,
        typer.Option(
            "--host",
            metavar="HOST",
            callback=split_commas,
            help="Submit URLs of this host, too, which has the key file as well; repeatable.",
        ),
    ] = None,
    endpoint: Annotated[
        list[str] | None,
        typer.Option(
            "--endpoint",
            metavar="URL",
            callback=split_commas,
            help="Where to submit; repeatable. Default: https://api.indexnow.org/indexnow, which informs all "
            "search engines that take part.",
        ),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Submit what was accepted before, too.")] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Check the key file, show what would be submitted, send nothing."),
    ] = False,
    history: Annotated[bool, typer.Option("--history", help="List earlier responses instead.")] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="With --history: show at most N.")
    ] = None,
    format_: TextJsonOrLines = "text",
    wait: Wait = False,
) -> int | None:
    """Submit new and changed URLs to search engines by IndexNow.

    Bing, Yandex, Naver, Seznam and Yep take part. The URLs are those of the last complete job of DOMAIN,
    compared with the last job that was submitted. An interrupted submission continues with the same command.
    Exit code 3: some URLs were not accepted. 4: none were, or the key file is wrong.

    $ sitemap indexnow example.com --key 73134416ae45434d98edc086e0bf6740 --dry-run
    """
    from sitemap_cli.cli.framework.submission_runs import SubmissionOptions, run_submission

    if limit is not None and not history:
        raise UsageError("--limit needs --history")
    if all_ and (new_since is not None or only_new or removed or trust_lastmod):
        raise UsageError("--all excludes --new-since, --only-new, --removed and --trust-lastmod")
    async with run.open_database() as db:
        if history:
            await _print_history(run, db, domain, job, limit, format_)
            return None
        options = SubmissionOptions.parse(
            key=indexnow_key,
            key_location=key_location,
            new_since=new_since,
            hosts=host or [],
            endpoints=endpoint or [],
            is_all=all_,
            is_only_new=only_new,
            with_removed=removed,
            trusts_lastmod=trust_lastmod,
            is_again=again,
            is_dry_run=dry_run,
        )
        return await run_submission(run, db, domain, job, options, format_, wait=wait)


async def _print_history(
    run: Run, db: "Database", domain: str | None, job: str | None, limit: int | None, format_: str
) -> None:
    from functools import partial

    from sitemap_cli.cli.view.submission_summary import render_history
    from sitemap_cli.model.submission_results import SubmissionRow
    from sitemap_cli.services.reporting import submission_rows

    chosen = await choose_noted_job(run, db, domain, job)
    async with db.reading() as session:
        rows = await submission_rows.list_submissions(
            session, run.settings.tenant, chosen.job.domain_id, limit
        )
    none = f"nothing of {chosen.domain} was submitted"
    table = partial(render_history, clock=run.console.clock)
    run.console.print_list(rows, format_, table, none, type_=SubmissionRow)
