"""Request listed pages, to see how they respond."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from sitemap_cli.cli.framework.attended_probe import DEFAULT_SAMPLE, parse_sample, run_probe
from sitemap_cli.cli.framework.chosen_job import JobOption, choose_noted_job
from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.option_types import parse_age
from sitemap_cli.cli.framework.options import DEFAULT_SLOW, BaseUrl, Output, Slow, TextJsonOrLines, Wait
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.configuration import read_variable
from sitemap_cli.errors import LockedError, NotFoundError, UsageError
from sitemap_cli.model import exit_codes
from sitemap_cli.output.json_text import encode_json
from sitemap_cli.settings import FETCH

if TYPE_CHECKING:
    from sitemap_cli.crawl.pages.probed_page import ProbedPage
    from sitemap_cli.model.page_results import ProbeResult
    from sitemap_cli.services.probing.probe_store import ProbeTarget, SampleSize
    from sitemap_cli.storage.database import Database

CHAPTER = "Core commands"


@command(FETCH)
async def probe(
    run: Run,
    domain: Annotated[
        str | None,
        typer.Argument(
            metavar="DOMAIN", help="Domain, or a URL of it; its last complete job is used. - reads a list."
        ),
    ] = None,
    job: JobOption = None,
    base_url: BaseUrl = None,
    sample: Annotated[
        str | None,
        typer.Option(metavar="N|P%", help=f"Number or percentage of pages. Default: {DEFAULT_SAMPLE}."),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Request every page.")] = False,
    slow: Slow = DEFAULT_SLOW,
    format_: TextJsonOrLines = "text",
    wait: Wait = False,
    output: Output = None,
) -> int:
    """Request pages that the last complete job of DOMAIN lists: status, redirects, noindex, canonical.

    Each page is requested once per job, so the same command resumes an interrupted run, and a larger sample
    extends a smaller one. Exit code 3: some pages were not requested or did not respond. 4: none responded.
    sitemap check --job ID reports what the responses mean for the sitemaps.

    # 200 pages at random, or all of them
    $ sitemap probe example.com --sample 200
    $ sitemap probe example.com --all --per-host 2
    $ sitemap probe example.com --sample 5% --format jsonl -o pages.jsonl
    """
    from sitemap_cli.cli.framework.failures import is_seen
    from sitemap_cli.cli.framework.target_arguments import read_target_arguments
    from sitemap_cli.cli.output_file import open_output
    from sitemap_cli.crawl.targets import STDIN

    size, limit = _choose_size(sample, everything=all_), parse_age("--slow", slow, "2s, or 800ms")
    named, codes = {domain: _split_login(domain)}, list[int]()
    if domain == STDIN:
        if format_ == "json":
            raise UsageError("one JSON document has one domain", where="probe -", hint="--format jsonl")
        targets, unusable = read_target_arguments(run, [STDIN], [])
        named = {each.domain: (each.domain, None) for each in targets}
        named |= {each.domain: (each.domain, each.login) for each in targets if each.login is not None}
        codes += [exit_codes.PARTIAL] if unusable else []
    async with run.open_database() as db:
        with open_output(output) as stream:
            for name, login in named.values():
                try:
                    result = await _probe_domain(
                        run, db, name, login, job, base_url, size, format_, stream, slow=limit, wait=wait
                    )
                except (NotFoundError, LockedError) as error:
                    if domain != STDIN:
                        raise
                    run.console.print_error(error)
                    codes.append(exit_codes.UNREADABLE)
                else:
                    _print_result(run, result, format_, stream)
                    codes.append(_choose_exit_code(result))
                    if codes[-1] == exit_codes.UNREADABLE and not is_seen(format_, output):
                        _print_failure(run, result)
    return exit_codes.combine(codes)


def _split_login(domain: str | None) -> tuple[str | None, str | None]:
    """Return what the user named without the name and password in it, and these."""
    from sitemap_cli.crawl.targets import split_login

    return (None, None) if domain is None else split_login(domain.strip())


async def _probe_domain(
    run: Run,
    db: "Database",
    domain: str | None,
    login: str | None,
    job: str | None,
    base_url: str | None,
    size: "SampleSize",
    format_: str,
    stream: BinaryIO,
    *,
    slow: float,
    wait: bool,
) -> "ProbeResult":
    """Probe the pages of one domain or job, holding the lock of the domain.

    Raises:
        NotFoundError: there is no such domain or job.
        LockedError: another run holds the lock, and ``wait`` is off.
    """
    from sitemap_cli.services.probing import probe_store
    from sitemap_cli.tasks.locking import domain_lock

    tenant = run.settings.tenant
    chosen = await choose_noted_job(run, db, domain, job, base_url)
    async with domain_lock(db, tenant, chosen.domain, run.console.print_note if wait else None):
        # The previous holder of the lock may have recorded a newer job.
        async with db.reading() as session:
            subject = await probe_store.find_probe_target(session, tenant, domain, job, base_url)
        lines = stream if format_ == "jsonl" else None
        return await _probe_pages(run, db, subject, size, lines, login, slow=slow)


async def _probe_pages(
    run: Run,
    db: "Database",
    subject: "ProbeTarget",
    size: "SampleSize",
    stream: BinaryIO | None,
    login: str | None,
    *,
    slow: float,
) -> "ProbeResult":
    """Request the pages, print each to the stream if there is one, and load the result."""
    from sitemap_cli.services.catalog import domain_catalog
    from sitemap_cli.services.reporting import probe_result

    async with db.reading() as session:
        request_settings = await domain_catalog.load_request_settings(session, subject.domain_id)
        sitemaps = await probe_result.load_sitemap_urls(session, subject.job_id)
    settings = request_settings.apply_to(run.settings, read_variable)
    if login is not None:
        settings = replace(settings, user=login)
    note = "stopped; the responses so far are recorded, and the same command resumes"

    def write_pages(group: "list[ProbedPage]") -> None:
        if stream is not None:
            stream.writelines(encode_json(probe_result.build_page_line(each, sitemaps)) for each in group)
            stream.flush()

    async with run.open_fetchers() as fetchers:
        fetcher = fetchers.for_target(None, settings)
        skipped = await run_probe(run, db, fetcher, settings, subject, size, note, write_pages)
    async with db.reading() as session:
        return await probe_result.load_probe_result(
            session, run.settings.tenant, subject.job_id, skipped, slow
        )


def _print_result(run: Run, result: "ProbeResult", format_: str, stream: BinaryIO) -> None:
    from msgspec import convert

    from sitemap_cli.cli.view.probe_summary import render_probe
    from sitemap_cli.model.page_results import ProbeSummaryLine

    if format_ == "text":
        run.console.print_rendered(render_probe(result), stream)
    elif format_ == "json":
        stream.write(encode_json(result, indent=2))
    else:
        stream.write(encode_json(convert(result, ProbeSummaryLine, from_attributes=True)))


def _print_failure(run: Run, result: "ProbeResult") -> None:
    """Print on stderr that no page responded, for programs that only see that."""
    from sitemap_cli.events import name_job
    from sitemap_cli.model.failure_reasons import describe_reason

    blocked = "rate limited or blocked" if result.blocked else ""
    disallowed = "disallowed by robots.txt" if result.disallowed else ""
    reasons = blocked or ", ".join(result.unasked) or disallowed
    words = blocked or ", ".join(map(describe_reason, result.unasked)) or disallowed
    text = f"no page responded ({result.domain}){': ' if words else ''}{words}"
    if not result.of:
        text = f"no page requested ({result.domain}): the job lists no URL"
    with name_job(result.job_id, result.domain):
        run.console.print_log("error", text, "probe-failed", {"pages": result.of, "reason": reasons})


def _choose_size(sample: str | None, *, everything: bool) -> "SampleSize":
    """Return the size of the sample.

    Raises:
        UsageError: it is not a number or a percentage.
    """
    from sitemap_cli.services.probing.probe_store import SampleSize

    if everything and sample is not None:
        raise UsageError("--all and --sample cannot be used together")
    if everything:
        return SampleSize()
    return parse_sample(sample or DEFAULT_SAMPLE, option="--sample", hint="--sample 500, or 5%")


def _choose_exit_code(result: "ProbeResult") -> int:
    if result.answered <= result.blocked:
        return exit_codes.UNREADABLE
    missing = result.unanswered or result.disallowed or result.unasked or result.blocked
    return exit_codes.PARTIAL if missing else exit_codes.OK
