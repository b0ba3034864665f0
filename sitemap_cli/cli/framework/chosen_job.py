"""The job that a command shows: its DOMAIN argument, its --job option, and the note about the choice."""

from typing import TYPE_CHECKING, Annotated

import typer

from sitemap_cli.cli.framework.runtime import Run

if TYPE_CHECKING:
    from sitemap_cli.services.recording.job_choice import ChosenJob
    from sitemap_cli.storage.database import Database

DomainArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="DOMAIN",
        help="Domain, URL of it, or local build; its last complete job is used, or the last with a sitemap. "
        "A path narrows.",
    ),
]
JobOption = Annotated[
    str | None, typer.Option(metavar="ID", help="Id of a job, a unique prefix, or last, to use instead.")
]


async def choose_noted_job(
    run: Run,
    db: "Database",
    domain: str | None,
    job: str | None,
    base_url: str | None = None,
    *,
    or_failed: bool = False,
) -> "ChosenJob":
    """Return the job that the user wants to see, and print a note if it is not the one to expect.

    With ``or_failed``, a job that recorded nothing is better than none.

    Raises:
        UsageError: neither a domain nor a job is named, or they do not agree.
        NotFoundError: there is no such job, or no job recorded anything.
    """
    from sitemap_cli.cli.view.numbers import format_urls
    from sitemap_cli.services.recording.job_choice import choose_job

    async with db.reading() as session:
        chosen = await choose_job(session, run.settings.tenant, domain, job, base_url, or_failed=or_failed)
    if chosen.note is not None:
        run.console.print_note(chosen.note)
    found = chosen.job
    if found.scope is not None and found.all_urls is not None:
        urls = format_urls(found.urls, found.scope, found.all_urls)
        run.console.print_note(f"{urls}; the job of {found.target} recorded no others")
    return chosen
