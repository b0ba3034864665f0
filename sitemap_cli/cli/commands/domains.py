"""The domains you look after: their tags, notes and ways to be asked."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.options import Column, Limit, ListFormat, ReportFormat, UnderTag, WithTag
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.cli.view.numbers import format_count
from sitemap_cli.errors import UsageError
from sitemap_cli.model import exit_codes
from sitemap_cli.model.values import Verdict

if TYPE_CHECKING:
    from sitemap_cli.inputs.target_list import TargetList

GROUP = "domains"

Domain = Annotated[str, typer.Argument(metavar="DOMAIN", help="As it was added, or analyzed.")]


@command()
async def list_(
    run: Run,
    tag: WithTag = None,
    verdict: Annotated[Verdict | None, typer.Option(help="Those whose last job came to this.")] = None,
    match: Annotated[str | None, typer.Option(metavar="TEXT", help="Those with this in their name.")] = None,
    idle: Annotated[
        float | None, typer.Option(min=0, metavar="DAYS", help="Those without a job in the last days.")
    ] = None,
    limit: Limit = None,
    format_: ListFormat = "text",
) -> None:
    """List domains by name, with their tags and how their last jobs ended."""
    import datetime as dt

    from sitemap_cli.cli.view.domain_table import render_domain_table
    from sitemap_cli.services.catalog import domain_catalog

    since = None if idle is None else dt.datetime.now(dt.UTC) - dt.timedelta(days=idle)
    chosen: dict[str, Any] = {"verdict": verdict, "match": match, "idle_since": since, "limit": limit}
    async with run.open_database() as db, db.reading() as session:
        found = await domain_catalog.list_domains(session, run.settings.tenant, tags=tag or (), **chosen)
    run.console.print_list(
        found, format_, render_domain_table, "no domains; add one: sitemap domains add example.com"
    )


@command()
async def show(
    run: Run,
    domain: Annotated[str, typer.Argument(metavar="DOMAIN")],
    format_: ReportFormat = "text",
) -> None:
    """Show one domain: its tags, its note, how it is asked, its last job."""
    from sitemap_cli.cli.view.domain_table import render_domain
    from sitemap_cli.services.catalog import domain_catalog

    async with run.open_database() as db, db.reading() as session:
        found = await domain_catalog.load_domain(session, run.settings.tenant, domain)
    run.console.print_one(found, format_, render_domain)


@command()
async def add(
    run: Run,
    domain: Annotated[list[str], typer.Argument(metavar="DOMAIN", help="HOST, or HOST:PORT.")],
    tag: UnderTag = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="Note this about them.")] = None,
) -> None:
    """Add domains, or tags and a note to those that are known; nothing is asked of them yet."""
    from sitemap_cli.crawl.targets import parse_site
    from sitemap_cli.services.catalog import domain_catalog
    from sitemap_cli.services.recording import domains

    names = [parse_site(each) for each in domain]
    tags = [each for given in tag or () for each in domain_catalog.parse_tags(given)]
    async with run.open_database() as db, db.transaction() as session:
        known = await domains.ensure_domains(session, run.settings.tenant, names)
        await domain_catalog.add_tags(session, dict.fromkeys(known.values(), tags))
        for domain_id in known.values() if note is not None else ():
            await domain_catalog.record_note(session, domain_id, note or "")
    run.console.print_note(f"{format_count(len(known), 'domain')} in the catalog")


@command()
async def import_(
    run: Run,
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="List: text, CSV or JSON Lines.")],
    column: Column = None,
    tag: UnderTag = None,
) -> int:
    """Add the domains of a list; columns or keys named tags and note are taken, too."""
    from functools import partial

    from sitemap_cli.inputs.target_list import read_target_list
    from sitemap_cli.services.catalog import domain_catalog
    from sitemap_cli.services.recording import domains

    warn = partial(run.console.print_log, "warning")
    found = read_target_list(file, column, warn=warn, note=run.console.print_note)
    tags = [each for given in tag or () for each in domain_catalog.parse_tags(given)]
    described = _parse_notes_and_tags(run, found, tags)
    async with run.open_database() as db, db.transaction() as session:
        known = await domains.ensure_domains(session, run.settings.tenant, list(described))
        await domain_catalog.add_tags(session, {known[name]: tags for name, (_, tags) in described.items()})
        for name, (note, _) in described.items():
            if note:
                await domain_catalog.record_note(session, known[name], note)
    run.console.print_note(f"{format_count(len(known), 'domain')} in the catalog")
    return exit_codes.PARTIAL if found.unusable else exit_codes.OK


def _parse_notes_and_tags(
    run: Run, found: "TargetList", tags: Sequence[str]
) -> dict[str, tuple[str, Sequence[str]]]:
    """Return the note and the tags of each domain of a list; ``tags`` are added to all of them."""
    from sitemap_cli.services.catalog import domain_catalog

    described = dict[str, tuple[str, Sequence[str]]]()
    for target, others in zip(found.targets, found.others, strict=True):
        given = others.get("tags") or ""
        try:
            own = domain_catalog.parse_tags(given if isinstance(given, str) else " ".join(map(str, given)))
        except (UsageError, TypeError) as error:
            run.console.print_log("warning", f"{target.domain}: {error}")
            own, found.unusable = [], found.unusable + 1
        described[target.domain] = str(others.get("note") or ""), [*own, *tags]
    return described


@command()
async def tag(
    run: Run,
    domain: Domain,
    tags: Annotated[list[str], typer.Argument(metavar="TAG")],
    remove: Annotated[bool, typer.Option("--remove", help="Take them off.")] = False,
) -> None:
    """File a domain under tags, or take them off."""
    from sitemap_cli.services.catalog import domain_catalog

    words = [each for given in tags for each in domain_catalog.parse_tags(given)]
    async with run.open_database() as db, db.transaction() as session:
        domain_id = await domain_catalog.find_domain_id(session, run.settings.tenant, domain)
        if remove:
            await domain_catalog.remove_tags(session, domain_id, words)
        else:
            await domain_catalog.add_tags(session, {domain_id: words})


@command()
async def note(
    run: Run,
    domain: Domain,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to note; nothing removes what was.")],
) -> None:
    """Note something about a domain, in place of what was noted before."""
    from sitemap_cli.services.catalog import domain_catalog

    async with run.open_database() as db, db.transaction() as session:
        await domain_catalog.record_note(
            session, await domain_catalog.find_domain_id(session, run.settings.tenant, domain), text
        )


@command()
async def set_(
    run: Run,
    domain: Domain,
    own_delay: Annotated[
        float | None,
        typer.Option(
            "--delay", min=0, metavar="SECONDS", help="Seconds between requests, at least; 0: unset."
        ),
    ] = None,
    own_agent: Annotated[
        str | None,
        typer.Option("--user-agent", metavar="TEXT", help="How to introduce ourselves; empty: unset."),
    ] = None,
    header_from: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VARIABLE",
            help="A header for its own host, whose value is in this environment variable; repeatable.",
        ),
    ] = None,
    no_headers: Annotated[bool, typer.Option("--no-headers", help="Forget the headers.")] = False,
) -> None:
    """Set how a domain is asked, whoever asks it; of headers only the name of a variable is kept."""
    from dataclasses import replace

    from sitemap_cli.services.catalog import domain_catalog
    from sitemap_cli.services.catalog.request_settings import parse_header_source

    if (own_delay, own_agent, header_from, no_headers) == (None, None, None, False):
        raise UsageError("nothing to set", hint="sitemap domains set --help")
    headers = dict(map(parse_header_source, header_from or ()))
    async with run.open_database() as db, db.transaction() as session:
        domain_id = await domain_catalog.find_domain_id(session, run.settings.tenant, domain)
        before = await domain_catalog.load_request_settings(session, domain_id)
        changed = replace(before, headers={**({} if no_headers else before.headers), **headers})
        if own_delay is not None:
            changed = replace(changed, delay=own_delay or None)
        if own_agent is not None:
            changed = replace(changed, user_agent=own_agent.strip() or None)
        await domain_catalog.record_request_settings(session, domain_id, changed)


@command()
async def schedule(
    run: Run,
    domain: Annotated[list[str] | None, typer.Argument(metavar="DOMAIN", help="As they were added.")] = None,
    tag: WithTag = None,
    cron: Annotated[
        str | None, typer.Option(metavar="'M H D M W'", help="When, as in a crontab, in UTC.")
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="Not by themselves any longer.")] = False,
) -> None:
    """Let workers analyze domains by themselves, as often as is said; one of them has to run."""
    import datetime as dt

    from sitemap_cli.services.catalog import domain_catalog, schedules

    if bool(domain) == bool(tag) or (cron is None) != off:
        raise UsageError("name domains or --tag, and --cron or --off", hint="sitemap domains schedule --help")
    tenant, now = run.settings.tenant, dt.datetime.now(dt.UTC)
    async with run.open_database() as db, db.transaction() as session:
        names = domain or await domain_catalog.list_names_by_tags(session, tenant, tag or ())
        for name in names:
            await schedules.record_schedule(
                session, await domain_catalog.find_domain_id(session, tenant, name), cron, now
            )
    run.console.print_note(
        f"{format_count(len(names), 'domain')} {'without a schedule' if off else 'scheduled'}"
    )


@command()
async def remove(
    run: Run,
    domain: Annotated[list[str], typer.Argument(metavar="DOMAIN")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Remove domains, with everything that was recorded of them."""
    from contextlib import AsyncExitStack

    from sitemap_cli.cli.view.domain_table import confirm
    from sitemap_cli.services.catalog import domain_catalog
    from sitemap_cli.tasks.locking import domain_lock

    tenant = run.settings.tenant
    async with run.open_database() as db:
        async with db.reading() as session:
            known = {await domain_catalog.find_domain_id(session, tenant, name): name for name in domain}
        if not yes and not confirm(f"Remove {format_count(len(known), 'domain')} and all of their jobs?"):
            raise UsageError("nothing was removed", hint="--yes removes without a question")
        async with AsyncExitStack() as held:
            for name in known.values():
                await held.enter_async_context(domain_lock(db, tenant, name, None))
            async with db.transaction() as session:
                jobs = await domain_catalog.delete_domains(session, tenant, known)
    run.console.print_note(f"{format_count(len(known), 'domain')} removed, with {format_count(jobs, 'job')}")
