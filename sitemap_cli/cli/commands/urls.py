"""List the URLs that a job recorded."""

from dataclasses import replace
from typing import Annotated

import typer

from sitemap_cli.cli.framework.change_options import (
    ChangedSince,
    NewSince,
    Trusted,
    parse_change_options,
)
from sitemap_cli.cli.framework.chosen_job import DomainArgument, JobOption, choose_noted_job
from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.options import ForExcel, OutputFormatName, RawCsv, WithTag
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.cli.framework.url_options import (
    AllDomains,
    Columns,
    Exclude,
    Has,
    Match,
    Most,
    OfSitemap,
    Section,
    Since,
)
from sitemap_cli.errors import UsageError
from sitemap_cli.model import exit_codes

CHAPTER = "History"


@command()
async def urls(
    run: Run,
    domain: DomainArgument = None,
    job: JobOption = None,
    match: Match = None,
    exclude: Exclude = None,
    since: Since = None,
    sitemap: OfSitemap = None,
    section: Section = None,
    new_since: NewSince = None,
    changed_since: ChangedSince = None,
    trusted: Trusted = False,
    has: Has = None,
    tag: WithTag = None,
    all_domains: AllDomains = False,
    limit: Most = None,
    format_: OutputFormatName = "text",
    columns: Columns = None,
    raw_csv: RawCsv = False,
    excel: ForExcel = False,
    gzip: Annotated[bool, typer.Option("--gzip", help="Compress the sitemaps of --format xml.")] = False,
    base_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="URL of the folder at which the sitemaps of -o FOLDER will be published, for their index; "
            "or that of a local build.",
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE|FOLDER",
            help="Output file; - is stdout. With --format xml also a folder, for several sitemaps and an "
            "index; a new one has no extension, or a slash at its end.",
        ),
    ] = None,
) -> int:
    """List the URLs of the last complete job of DOMAIN, in the order of its sitemaps.

    If DOMAIN is a URL with a path, only the URLs at or below it. Text has one URL per line, with other
    --columns between tabs. Sitemaps (xml) list each URL once and are valid: notes count what that changes.

    $ sitemap urls example.com --new-since 7d
    $ sitemap urls example.com --has image --columns loc,images
    $ sitemap urls --all-domains --format csv -o urls.csv
    $ sitemap urls example.com --format xml -o maps/
    """
    from sitemap_cli.cli.framework.url_export import parse_url_export, write_urls
    from sitemap_cli.cli.framework.url_options import parse_url_filter
    from sitemap_cli.cli.framework.url_sources import DomainUrls, JobUrls
    from sitemap_cli.crawl.targets import find_build_histories
    from sitemap_cli.crawl.url_scope import UrlScope, UrlSection
    from sitemap_cli.model.values import Status
    from sitemap_cli.services.reporting.listed_urls import UrlFilter

    of_many = all_domains or bool(tag)
    if of_many and (domain or job):
        what = "--all-domains" if all_domains else "--tag"
        raise UsageError(f"{what} lists several domains", why="name no DOMAIN and no --job with it")
    export = parse_url_export(
        format_,
        output,
        columns=columns,
        of_many=of_many,
        flags={"raw": raw_csv, "excel": excel, "gzip": gzip},
        base_url=base_url,
    )
    is_build = domain is not None and find_build_histories(domain) is not None
    if base_url is not None and not (export.is_folder or is_build):
        raise UsageError("--base-url needs --format xml and -o FOLDER")
    wanted = parse_url_filter(
        match=match, exclude=exclude, since=since, sitemap=sitemap, section=section, has=has, limit=limit
    )
    choice = parse_change_options(new_since, changed_since, trusted=trusted)
    tenant = run.settings.tenant
    if of_many and choice is not None and choice.reference.job_id is not None:
        raise UsageError("a job is one of a single domain", where=choice.reference.where, hint="name a time")
    async with run.open_database() as db:
        if of_many:
            several = DomainUrls(tenant, tag or (), choice)
            await write_urls(run, db, several, wanted, export)
            if choice is not None:
                choice.report(run.console)
            return several.report(run.console)
        found = await choose_noted_job(run, db, domain, job, base_url)
        if export.notes is not None and found.note is None and found.job.status != Status.COMPLETED:
            run.console.print_note("the job did not read the whole site: its sitemaps may lack URLs")
        if found.scope is not None:
            wanted = replace(wanted, sections=(UrlSection(UrlScope(found.scope)), *wanted.sections))
        changed = None if choice is None else await choice.find(db, tenant, found.job)
        source = JobUrls(found.job.id, found.domain, changed)
        first = await write_urls(run, db, source, wanted, export)
    if choice is not None:
        choice.report(run.console)
        return exit_codes.OK
    is_only_scoped = wanted == UrlFilter(sections=wanted.sections[:1])
    if first is None and found.scope is not None and is_only_scoped and not export.is_folder:
        run.console.print_note(found.nothing_below)
    return exit_codes.OK
