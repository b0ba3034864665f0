"""Manage the catalog of domains: tags, notes, request settings, schedules."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.options import (
    Column,
    ForExcel,
    Limit,
    ListFormat,
    Output,
    RawCsv,
    UnderTag,
    WithTag,
)
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.cli.view.numbers import format_count
from sitemap_cli.errors import UsageError
from sitemap_cli.model.values import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sitemap_cli.storage.session import Session

GROUP = "domains"
CHAPTER = "Management"

Domain = Annotated[
    str, typer.Argument(metavar="DOMAIN", help="Name of the domain, as it was added or analyzed.")
]


@command()
async def list_(
    run: Run,
    tag: WithTag = None,
    verdict: Annotated[
        Verdict | None, typer.Option(help="Only domains whose last job has this verdict.")
    ] = None,
    match: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Only domains with this text in their name.")
    ] = None,
    idle: Annotated[
        str | None,
        typer.Option(
            metavar="DAYS|DURATION", help="Only domains without a job for this number of days, or 12h, 2w."
        ),
    ] = None,
    worse: Annotated[
        bool,
        typer.Option(
            "--worse",
            help="Only domains whose last job reads less than the previous one, has more errors, or lists at"
            " least 10 % fewer URLs than the previous complete one.",
        ),
    ] = False,
    limit: Limit = None,
    format_: ListFormat = "text",
    raw_csv: RawCsv = False,
    excel: ForExcel = False,
    output: Output = None,
) -> None:
    """List domains by name, with their tags, how their last jobs ended, and what changed.

    $ sitemap domains list
    # Only the sites that got worse, for a morning report
    $ sitemap domains list --worse
    $ sitemap domains list --tag shops --format csv -o shops.csv
    """
    import datetime as dt
    from functools import partial

    from sitemap_cli.cli.framework.dates import parse_idle
    from sitemap_cli.cli.framework.list_output import load_pages, parse_list_output, write_list
    from sitemap_cli.cli.view.domain_table import render_domain_table
    from sitemap_cli.model.catalog_results import DomainResult
    from sitemap_cli.services.catalog.domain_results import list_domains

    destination = parse_list_output(format_, output, raw_csv=raw_csv, for_excel=excel)
    tenant, tags = run.settings.tenant, tag or ()
    since = None if idle is None else dt.datetime.now(dt.UTC) - parse_idle(idle)
    chosen: dict[str, Any] = {"tags": tags, "verdict": verdict, "match": match, "idle_since": since}
    chosen["worse"] = worse

    async def load(session: "Session", last: DomainResult | None, count: int) -> "Sequence[DomainResult]":
        return await list_domains(session, tenant, **chosen, after=last.domain if last else "", limit=count)

    is_filtered = bool(tag or match or worse) or verdict is not None or idle is not None
    none = "no domain matches" if is_filtered else "no domains; add one: sitemap domains add example.com"
    async with run.open_database() as db:
        pages = load_pages(db, load, limit)
        table = partial(render_domain_table, clock=run.console.clock)
        await write_list(run.console, destination, pages, table, none, type_=DomainResult)


@command()
async def show(
    run: Run,
    domain: Annotated[str, typer.Argument(metavar="DOMAIN")],
    limit: Annotated[int, typer.Option(min=1, max=10_000, metavar="N", help="Show the last N jobs.")] = 14,
    format_: ListFormat = "text",
    raw_csv: RawCsv = False,
    excel: ForExcel = False,
    output: Output = None,
) -> None:
    """Show a domain: its settings, its last jobs, and whether its lastmods are reliable.

    A chart has a row for each of the last jobs of the site: its URLs, those that were added (+), removed (-)
    or changed (~) since the previous one, its errors and warnings, and its verdict. CSV and JSON Lines have
    these rows alone.

    $ sitemap domains show example.com --limit 30
    $ sitemap domains show example.com --format csv > nights.csv
    """
    from functools import partial

    from msgspec.structs import asdict

    from sitemap_cli.cli.framework.list_output import iter_page, parse_list_output, write_list
    from sitemap_cli.cli.output_file import open_output
    from sitemap_cli.cli.view.domain_table import render_domain
    from sitemap_cli.model.catalog_results import DomainDocument
    from sitemap_cli.model.history_results import JobChange
    from sitemap_cli.services.catalog.domain_results import load_domain
    from sitemap_cli.services.recording.domains import find_domain_id
    from sitemap_cli.services.reporting import domain_history

    destination = parse_list_output(format_, output, raw_csv=raw_csv, for_excel=excel)
    tenant = run.settings.tenant
    async with run.open_database() as db, db.reading() as session:
        found = await load_domain(session, tenant, domain)
        if found.job_id is not None:
            history = await domain_history.load_domain_history(session, tenant, found.job_id, limit)
        else:
            domain_id = await find_domain_id(session, tenant, found.domain)
            others = await domain_history.list_other_histories(session, tenant, domain_id)
            history = domain_history.DomainHistory(others=others)
    if format_ not in ("text", "json"):
        await write_list(run.console, destination, iter_page(history.jobs), str, "", type_=JobChange)
        return
    document = DomainDocument(
        **asdict(found), jobs=[*history.jobs], lastmod_trust=history.trust, histories=[*history.others]
    )
    with open_output(output) as stream:
        run.console.print_one(document, format_, partial(render_domain, clock=run.console.clock), stream)


@command()
async def add(
    run: Run,
    domain: Annotated[list[str], typer.Argument(metavar="DOMAIN", help="HOST, or HOST:PORT.")],
    tag: UnderTag = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="Note to record.")] = None,
) -> None:
    """Add domains without analyzing them, or add tags and a note to known ones.

    $ sitemap domains add example.com example.org --tag shops --note "relaunch in May"
    """
    from sitemap_cli.crawl.targets import parse_site, parse_target
    from sitemap_cli.services.catalog import domain_catalog
    from sitemap_cli.services.recording import domains
    from sitemap_cli.urls import canonical_domain

    names = list({canonical_domain(name): name for name in map(parse_site, domain)}.values())
    run.console.note_logins([parse_target(each, local=False) for each in domain])
    tags = [each for given in tag or () for each in domain_catalog.parse_tags(given)]
    async with run.open_database() as db, db.transaction() as session:
        known = await domains.ensure_domains(session, run.settings.tenant, names)
        await domain_catalog.add_tags(session, dict.fromkeys(known.values(), tags))
        for domain_id in known.values() if note is not None else ():
            await domain_catalog.record_note(session, domain_id, note or "")
    run.console.print_note(f"{format_count(len(known), 'domain')} added or updated")


@command()
async def import_(
    run: Run,
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="List: text, CSV or JSON Lines.")],
    column: Column = None,
    tag: UnderTag = None,
) -> int:
    """Add the domains of a list, with its columns or keys named tags and note.

    $ sitemap domains import domains.csv --column site --tag customers
    """
    from sitemap_cli.cli.framework.domain_imports import import_domains

    return await import_domains(run, file, column, tag or ())


@command()
async def tag(
    run: Run,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="DOMAIN... TAG...",
            help="Names of domains, as they were added, then tags; without any, all tags are listed.",
        ),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the tags.")] = False,
) -> None:
    """Add tags to domains, remove them, or list all tags. Tags are in lower case.

    $ sitemap domains tag example.com example.org shops
    $ sitemap domains tag example.com shops --remove
    """
    from sitemap_cli.services.catalog import domain_catalog

    tenant = run.settings.tenant
    if not words:
        if remove:
            raise UsageError("missing argument", where="DOMAIN", hint="sitemap domains tag --help")
        await _list_tags(run)
        return
    async with run.open_database() as db, db.transaction() as session:
        ids, rest = await domain_catalog.find_leading_domains(session, tenant, words)
        tags = [each for given in rest for each in domain_catalog.parse_tags(given)]
        if not tags:
            raise UsageError("missing argument", where="TAG", hint="sitemap domains tag example.com shops")
        if remove:
            for each in ids:
                await domain_catalog.remove_tags(session, each, tags)
        else:
            await domain_catalog.add_tags(session, dict.fromkeys(ids, tags))


async def _list_tags(run: Run) -> None:
    from sitemap_cli.cli.view.domain_table import render_tags
    from sitemap_cli.services.catalog import domain_catalog

    async with run.open_database() as db, db.reading() as session:
        tags = await domain_catalog.count_tags(session, run.settings.tenant)
    if tags:
        run.console.print_rendered(render_tags(tags))
    else:
        run.console.print_note("no tags; add one: sitemap domains tag example.com shops")


@command()
async def note(
    run: Run,
    domain: Domain,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The note; an empty text removes it.")],
) -> None:
    """Record a note about a domain; it replaces the previous note.

    $ sitemap domains note example.com "relaunch in May"
    """
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
            "--delay", min=0, metavar="DURATION", help="Minimum time between requests; 0 removes the setting."
        ),
    ] = None,
    own_agent: Annotated[
        str | None,
        typer.Option("--user-agent", metavar="TEXT", help="User agent; an empty text removes the setting."),
    ] = None,
    header_from: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VARIABLE",
            help="Header for the domain's own host; VARIABLE holds its value; repeatable.",
        ),
    ] = None,
    no_headers: Annotated[bool, typer.Option("--no-headers", help="Remove all headers.")] = False,
) -> None:
    """Set the request settings of a domain; header values stay in environment variables.

    # One request per second, with a header whose value is in the variable TOKEN
    $ sitemap domains set example.com --delay 1s --header-from Authorization=TOKEN
    """
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
    domain: Annotated[
        list[str] | None, typer.Argument(metavar="DOMAIN", help="Names of domains, as they were added.")
    ] = None,
    tag: WithTag = None,
    cron: Annotated[
        str | None, typer.Option(metavar="'M H D M W'", help="Schedule in crontab syntax, in UTC.")
    ] = None,
    off: Annotated[bool, typer.Option("--off", help="Remove the schedule.")] = False,
) -> None:
    """Schedule domains for regular analysis by running workers.

    # Every night at 3
    $ sitemap domains schedule example.com --cron "0 3 * * *"
    $ sitemap domains schedule --tag shops --off
    """
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
        if not off:
            _ = db.queue  # raises: on SQLite no worker would ever run it
    run.console.print_note(
        f"{format_count(len(names), 'domain')} {'without a schedule' if off else 'scheduled'}"
    )


@command()
async def remove(
    run: Run,
    domain: Annotated[list[str], typer.Argument(metavar="DOMAIN")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
) -> None:
    """Remove domains and everything recorded about them.

    $ sitemap domains remove example.com --yes
    """
    from contextlib import AsyncExitStack

    from sitemap_cli.cli.view.domain_table import confirm
    from sitemap_cli.cli.view.live_progress import show_prune_progress
    from sitemap_cli.progress import PruneProgress
    from sitemap_cli.services.catalog import domain_catalog
    from sitemap_cli.tasks.locking import domain_lock
    from sitemap_cli.tasks.prune import delete_removed_rows
    from sitemap_cli.tasks.trying_again import try_again

    tenant = run.settings.tenant
    async with run.open_database() as db:
        async with db.reading() as session:
            known = {await domain_catalog.find_known_id(session, tenant, name): name for name in domain}
        if not yes and not confirm(f"Remove {format_count(len(known), 'domain')} and all of their jobs?"):
            raise UsageError("nothing was removed", hint="--yes removes without confirmation")
        async with AsyncExitStack() as held:
            for name in known.values():
                await held.enter_async_context(domain_lock(db, tenant, name, None))

            async def delete() -> int:
                async with db.transaction() as session:
                    return await domain_catalog.delete_domains(session, tenant, known)

            jobs = await try_again(delete)
        run.console.print_note(
            f"{format_count(len(known), 'domain')} removed, with {format_count(jobs, 'job')}"
        )
        # What is left of them when this is stopped is deleted by the next command that removes anything.
        progress = PruneProgress()
        with show_prune_progress(run.console, progress):
            await delete_removed_rows(db, progress)
