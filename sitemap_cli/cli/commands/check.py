"""Check targets and recorded jobs against the rules."""

import os
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sitemap_cli.cli.framework import rule_options
from sitemap_cli.cli.framework.attended_job import attend_job
from sitemap_cli.cli.framework.attended_probe import parse_probe, probe_started_check
from sitemap_cli.cli.framework.baseline_output import record_baseline
from sitemap_cli.cli.framework.check_subjects import (
    Named,
    Subjects,
    accept_other,
    complete_paths,
    list_recorded_jobs,
    note_comparisons,
    parse_subjects,
)
from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.option_types import (
    OPTIONAL_SAMPLE,
    parse_file_name,
    parse_page_url,
)
from sitemap_cli.cli.framework.options import (
    DEFAULT_SLOW,
    BaseUrls,
    ForExcel,
    Metrics,
    RawCsv,
    Slow,
    Wait,
    WithTag,
    split_commas,
)
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import LockedError
from sitemap_cli.model import exit_codes
from sitemap_cli.output.report_format import list_report_formats
from sitemap_cli.settings import FETCH, KEEP

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from sitemap_cli.audit.gate import Gate
    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.services.checking.checks import CheckOptions
    from sitemap_cli.services.probing.probe_store import SampleSize
    from sitemap_cli.tasks.check import CheckedJob
    from sitemap_cli.tasks.run_job import RunContext

CHAPTER = "Core commands"


@command(FETCH, KEEP)
async def check(
    run: Run,
    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="TARGET", help="Domain, URL, folder or file; a list of domains, or -."),
    ] = None,
    job: Annotated[
        list[str] | None,
        typer.Option("--job", metavar="ID", help="Check a recorded job, without any request; repeatable."),
    ] = None,
    batch: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Check the recorded jobs of a batch, without any request."),
    ] = None,
    tag: WithTag = None,
    base_url: BaseUrls = None,
    format_: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="FORMAT[:FILE]",
            help=f"text, {', '.join(list_report_formats())}; repeatable. Default: text.",
        ),
    ] = None,
    select: rule_options.Select = None,
    ignore: rule_options.Ignore = None,
    extend_ignore: rule_options.ExtendIgnore = None,
    severity: rule_options.Severities = None,
    ignore_at: rule_options.IgnoreAt = None,
    engine: rule_options.EngineName = None,
    xsd: rule_options.Xsd = False,
    fail_on: Annotated[
        Literal["error", "warning", "info", "never"],
        typer.Option(metavar="SEVERITY", help="Exit with 1 for findings of this severity or higher."),
    ] = "error",
    max_findings: Annotated[
        int, typer.Option(min=0, metavar="N", help="Tolerate up to N findings; each place counts.")
    ] = 0,
    max_drop: rule_options.MaxDrop = rule_options.DEFAULT_MAX_DROP,
    probe: Annotated[
        str | None,
        typer.Option(
            metavar=OPTIONAL_SAMPLE,
            help="Also request listed pages: 200, a number, a percentage or all; for a folder, read files.",
        ),
    ] = None,
    probe_age: rule_options.ProbeAge = rule_options.DEFAULT_PROBE_AGE,
    slow: Slow = DEFAULT_SLOW,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="TARGET",
            help="Compare with another site, or with a list of URLs: text, CSV, TSV, JSON or an access log; "
            "- is stdin.",
        ),
    ] = None,
    compare_exact: Annotated[
        bool,
        typer.Option(
            "--compare-exact",
            help="With a list: scheme, www, trailing slash and tracking parameters make another page.",
        ),
    ] = False,
    ignore_params: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            callback=split_commas,
            help="With a list: ignore these parameters, such as sid or ref*; repeatable, and with commas.",
        ),
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Count only findings that are not in this baseline.")
    ] = None,
    write_baseline: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            parser=parse_file_name,
            help="Write all findings to a baseline, and ignore them in this run.",
        ),
    ] = None,
    examples: rule_options.Examples = rule_options.DEFAULT_EXAMPLES,
    docs_url: rule_options.DocsUrl = None,
    together: Annotated[
        bool,
        typer.Option(
            "--together", help="Judge hreflang, cross-submission and duplicates over all that is checked."
        ),
    ] = False,
    wait: Wait = False,
    metrics: Metrics = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            parser=parse_file_name,
            help="Output file of the format that has none; - is stdout.",
        ),
    ] = None,
    raw_csv: RawCsv = False,
    excel: ForExcel = False,
) -> int:
    """Analyze each TARGET, check what was recorded against the rules, and report the findings.

    Exit code 1: findings of the severity --fail-on or higher. 3: the site was read in part. 4: it could not
    be read. 6: it has no sitemap. sitemap rules list shows the rules.

    $ sitemap check example.com
    # In a pipeline: fail on warnings, too, and write a report for code scanning
    $ sitemap check dist --base-url https://example.com --fail-on warning --format sarif:sitemap.sarif
    # Also request 200 listed pages, and compare with the export of a crawler
    $ sitemap check example.com --probe=200 --against internal_html.csv
    # Check the last job again with some rules only
    $ sitemap check --job last --select SM3,SM5 --ignore SM325
    """
    from sitemap_cli.audit.baseline import load_baseline
    from sitemap_cli.audit.gate import Gate
    from sitemap_cli.cli import report_output
    from sitemap_cli.cli.framework.failures import is_seen, print_failure
    from sitemap_cli.cli.framework.metrics import check_destination
    from sitemap_cli.cli.output_file import check_output
    from sitemap_cli.model.url_spellings import UrlSpellings
    from sitemap_cli.model.values import Severity
    from sitemap_cli.spool import open_spool
    from sitemap_cli.tasks.check import build_report

    outputs = report_output.parsed(format_ or ["text"], output, raw_csv=raw_csv, for_excel=excel)
    chosen = rule_options.parse_rules(select, ignore, extend_ignore, severity, ignore_at, engine, xsd=xsd)
    gate = Gate(None if fail_on == "never" else Severity(fail_on), max_findings, load_baseline(baseline))
    options = rule_options.parse_check_options(chosen, examples, max_drop, probe_age, slow)
    sample, docs = parse_probe(probe), parse_page_url("--docs-url", docs_url)
    named = Named(targets or (), job or (), batch, tag or ())
    # Findings that are written to a baseline refuse no job, and do not make it accepted either.
    judge = gate if write_baseline is None else None
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="sitemap-"))
        spellings = UrlSpellings(compare_exact, tuple(ignore_params or ()))
        subjects = parse_subjects(run, named, base_url or (), against, spellings, Path(folder))
        for path in [*(each.path for each in outputs), write_baseline]:
            check_output(path)
        check_destination(metrics)
        if report_output.need_every_place(outputs):
            options = replace(options, spool=stack.enter_context(open_spool()))
        checked, locked = await _check_subjects(
            run, subjects, options, judge, sample, metrics, together=together, wait=wait
        )
        if write_baseline is not None:
            gate = replace(gate, baseline=record_baseline(run.console, write_baseline, checked))
        locked += note_comparisons(run, checked)
        report = build_report(checked, gate, chosen.select_rules(), locked, docs)
        report_output.write(run.console, report, outputs, os.environ)
    if report.missing_pages and not report_output.have_notes(outputs):
        run.console.print_note(report.missing_pages)
    for each in report.checks if not any(is_seen(each.format_, each.path) for each in outputs) else ():
        print_failure(run.console, each.job_id, each.target, each.domain, each.verdict, each.error)
    return report.exit_code


async def _check_subjects(
    run: Run,
    subjects: Subjects,
    options: "CheckOptions",
    gate: "Gate | None",
    sample: "SampleSize | None",
    metrics: str | None,
    *,
    together: bool,
    wait: bool,
) -> "tuple[list[CheckedJob], list[int]]":
    """Check jobs, and targets one after another; also return the exit codes of targets that were locked.

    With ``together``, the checks wait until all targets are analyzed.

    Raises:
        NotFoundError: there is no such job.
        UnreadableError: the target to compare with cannot be read.
    """
    from sitemap_cli.cli.framework.metrics import collect_metrics
    from sitemap_cli.cli.framework.pruning_runs import apply_policy
    from sitemap_cli.cli.view.live_progress import show_steps
    from sitemap_cli.tasks.joint_check import (
        StartedCheck,
        check_started,
        check_together,
        suggest_together,
    )
    from sitemap_cli.tasks.locking import mark_stale_jobs
    from sitemap_cli.tasks.preparation.preparer import open_preparer
    from sitemap_cli.tasks.run_job import RunContext
    from sitemap_cli.tasks.small_checks import check_recorded_jobs

    tenant, named = run.settings.tenant, subjects.named
    locked = [exit_codes.PARTIAL] if subjects.unusable else list[int]()
    async with (
        run.open_fetchers() as fetchers,
        run.open_database() as db,
        collect_metrics(db, metrics) as meter,
        open_preparer(run.settings) as preparer,
    ):
        fetchers.check_options(None if named.tags else subjects.list_targets())
        context = RunContext(db, fetchers, run.settings, meter, preparer)
        if (other := await complete_paths(fetchers, run.settings, subjects)) is not None:
            options = replace(options, compared=subjects.compared)
            options, partial_codes = await _analyze_other(run, context, other, options, wait=wait)
            locked += partial_codes
        await mark_stale_jobs(db, tenant)
        recorded = await list_recorded_jobs(db, tenant, named, published=sample is not None)
        started, checked = list[StartedCheck](), list["CheckedJob"]()
        if recorded and sample is None and not together and not named.jobs:
            with show_steps(run.console, "checking", options.progress):
                limit = run.settings.deadline
                checked = await check_recorded_jobs(db, tenant, recorded, options, gate, limit)
            started, recorded = [StartedCheck(each) for each in recorded], []
        async for job_id, target, spent in _list_jobs(run, context, subjects, recorded, locked, wait=wait):
            begun = StartedCheck(job_id, target, run.settings.deadline)
            if sample is not None:
                begun = await probe_started_check(run, context, begun, sample, spent, locked, wait=wait)
            started.append(begun)
            if not together:
                with show_steps(run.console, "checking", options.progress):
                    checked.append(await check_started(db, tenant, begun, options, gate))
        if together:
            with show_steps(run.console, "checking together", options.progress):
                checked = await check_together(db, tenant, started, options, gate, run.settings.deadline)
        elif note := await suggest_together(db, tenant, checked):
            run.console.print_note(note)
        await apply_policy(run, db, job_ids=[each.job_id for each in started if each.target is not None])
    return checked, locked


async def _list_jobs(
    run: Run,
    context: "RunContext",
    subjects: Subjects,
    recorded: "Sequence[str]",
    locked: "list[int]",
    *,
    wait: bool,
) -> "AsyncIterator[tuple[str, Target | None, float]]":
    """Yield the recorded jobs, then analyze the targets one after another and yield their jobs.

    Each comes with its target and the seconds that the analysis took. Exit codes of targets that were locked
    are added to ``locked``.
    """
    from sitemap_cli.cli.framework.target_arguments import find_tagged_targets

    for job_id in recorded:
        yield job_id, None, 0.0
    tags = subjects.named.tags
    tagged = await find_tagged_targets(context.db, run.settings.tenant, tags) if tags else []
    for target in (*subjects.targets, *tagged):
        try:
            job_id, seconds = await _analyze_target(run, context, target, wait=wait)
        except LockedError as error:
            run.console.print_error(error)
            locked.append(error.exit_code)
        else:
            yield job_id, target, seconds


async def _analyze_other(
    run: Run, context: "RunContext", target: "Target", options: "CheckOptions", *, wait: bool
) -> "tuple[CheckOptions, list[int]]":
    """Analyze the target to compare with, and add its job to the options; an exit code says if it is partial.

    Raises:
        UnreadableError: nothing could be read there.
    """
    from sitemap_cli.services.reporting import job_result

    job_id, _ = await _analyze_target(run, context, target, wait=wait)
    async with context.db.reading() as session:
        result = await job_result.load_job_result(session, run.settings.tenant, job_id)
    return replace(options, other_job=job_id), accept_other(run, target, result)


async def _analyze_target(
    run: Run, context: "RunContext", target: "Target", *, wait: bool
) -> tuple[str, float]:
    """Record a job in a transaction, run it, and return its id and the seconds that it took.

    Raises:
        LockedError: another run holds the domain's lock, and ``wait`` is off.
    """
    from sitemap_cli.services.catalog.job_start import start_job

    async with attend_job(run, context, target, wait=wait) as job:
        async with context.db.transaction() as session:
            started = await start_job(session, job.new)
        await job.run(started)
    return started.job_id, job.stopwatch.ms / 1000
