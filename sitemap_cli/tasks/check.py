"""Check recorded jobs: run the rules over each, then put the results together as a report."""

import asyncio
import math
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from sitemap_cli.audit.gate import Gate, combine_exit_codes
from sitemap_cli.audit.gathered_facts import ListComparison
from sitemap_cli.audit.joint_facts import JointFacts
from sitemap_cli.audit.rule import Rule
from sitemap_cli.audit.rule_needs import ONLY_BUILDS, PROBE
from sitemap_cli.crawl.targets import Target, escape_undecoded
from sitemap_cli.errors import ReadOnlyError
from sitemap_cli.model import exit_codes
from sitemap_cli.model.check_results import ComparedUrls, ProbedPages
from sitemap_cli.model.results import JobResult
from sitemap_cli.model.values import Finding, Status
from sitemap_cli.output.report import CheckedTarget, Report
from sitemap_cli.services.checking import acceptance, checks
from sitemap_cli.services.checking.checks import CheckOptions, CheckResult
from sitemap_cli.services.checking.fact import UnfinishedFact
from sitemap_cli.services.checking.job_records import JobRecord
from sitemap_cli.services.checking.known_probes import KnownProbes
from sitemap_cli.services.recording import jobs
from sitemap_cli.services.reporting import job_result
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks import packing
from sitemap_cli.tasks.page_notes import count_built_pages, describe_build, describe_pages
from sitemap_cli.tasks.rule_descriptions import describe_rule

# Seconds that the rules may exceed the deadline, and that they have at least.
GRACE, LEAST = 1.0, 0.5
# Times that a check is repeated if a job that ended meanwhile packed what it looks at.
TRIES = 3
# Fewer rules that had data are named.
MAX_NAMED = 6
# Other domains that a note names.
MAX_TOGETHER = 10
UNRECORDED = "the database is read-only, so later checks will not know what this one concluded"
CUT = "the rules stopped at the deadline (--deadline), so some did not see everything"


@dataclass(frozen=True, slots=True)
class CheckedJob:
    """One job and what the rules found in it.

    ``result`` has no sitemaps and sources, and ``outcome`` no probes: they may be large. ``files`` maps the
    URLs of sitemaps that have findings to local files, if the target was local. ``probed`` says how its pages
    responded if they were probed for this check, ``page_notes`` what is known about pages. ``together`` are
    the domains that it was judged together with.
    """

    result: JobResult
    outcome: CheckResult
    files: Mapping[str, str]
    notes: tuple[str, ...] = ()
    probed: ProbedPages | None = None
    together: tuple[str, ...] = ()
    page_notes: tuple[str, ...] = ()


async def check_job(
    db: Database,
    tenant: str,
    job_id: str,
    options: CheckOptions,
    target: Target | None = None,
    *,
    gate: Gate | None = None,
    deadline: float = math.inf,
    probed: ProbedPages | None = None,
    concludes: bool = True,
) -> CheckedJob:
    """Run the rules over a recorded job, and record whether it is accepted.

    Args:
        db: the database.
        tenant: the tenant of the job.
        job_id: the id of the job, or a unique prefix of it.
        options: the rules and their parameters.
        target: what was analyzed; None if only the job's id is known.
        gate: decides which findings refuse the job; None leaves open whether later checks compare with it.
        deadline: seconds for the rules, and for the analysis if the target was analyzed just now.
        probed: how the pages responded that were probed for this check.
        concludes: whether to record that, and to say what later checks compare with.

    Raises:
        NotFoundError: there is no such job.
    """
    async with db.reading() as session:
        job, _ = await jobs.find_job(session, tenant, job_id)
    await packing.expand_for_check(db, job.id)
    until = choose_end(deadline, 0 if target is None else job.duration_ms or 0)
    record, outcome = await _run_rules(db, tenant, job.id, options, until)
    for _ in range(TRIES):
        if not await packing.expand_for_check(db, job.id):
            break
        record, outcome = await _run_rules(db, tenant, job.id, options, until)
    checked = build_checked_job(record, outcome, options, target, probed)
    if not concludes or checked.outcome.is_cut:
        return checked
    notes = await _conclude(db, checked.result, outcome, gate)
    return replace(checked, notes=(*notes, *checked.notes))


def choose_end(deadline: float, spent_ms: int = 0) -> float:
    """Return when the rules stop, on the clock of the event loop, which is that of :func:`time.monotonic`.

    An analysis that took all the time leaves some for what it recorded.
    """
    return time.monotonic() + max(deadline - spent_ms / 1000 + GRACE, LEAST)


def build_checked_job(
    record: JobRecord,
    outcome: CheckResult,
    options: CheckOptions,
    target: Target | None = None,
    probed: ProbedPages | None = None,
) -> CheckedJob:
    """Return what a check found, with what a report of thousands of jobs needs of each."""
    joint, job_id = options.joint, record.job.id
    together = tuple(joint.list_others(job_id)) if joint else ()
    outcome = replace(outcome, is_cut=outcome.is_cut or bool(joint and joint.is_cut), probes=KnownProbes())
    page_notes = describe_pages(outcome.pages, probed)
    if options.build is not None:
        probed = count_built_pages(options.build.reader)
        page_notes = describe_build(options.build.reader, outcome.pages.of if outcome.pages else 0)
    return CheckedJob(
        job_result.build_checked_result(record),
        outcome,
        _find_local_files(target, outcome.findings) if target else {},
        (*[CUT] * outcome.is_cut, *_describe_joint(joint, together)),
        probed,
        together,
        tuple(page_notes),
    )


async def _run_rules(
    db: Database, tenant: str, job_id: str, options: CheckOptions, until: float
) -> tuple[JobRecord, CheckResult]:
    """Gather the facts, each in a transaction that the deadline may end, and run the rules."""
    async with db.reading() as session:
        check = await checks.start_check(session, tenant, job_id, options, until)
    for name in sorted(check.missing):
        try:
            async with asyncio.timeout_at(until):
                async with db.reading() as session:
                    value = await checks.gather_fact(session, check, name)
                if isinstance(value, UnfinishedFact):
                    value = await value.finish()
                checks.add_fact(check, name, value)
        except TimeoutError:
            check.is_cut = True
            break
    async with db.reading() as session:
        return check.record, await checks.finish_check(session, check)


class Judgement(NamedTuple):
    """The rules that refuse a job and found something, and those of them whose findings fail the check."""

    found: frozenset[str]
    failed: frozenset[str]


def judge_outcome(outcome: CheckResult, gate: Gate | None) -> Judgement | None:
    """Return whether a check refuses the job; None if no rule that could do so was run."""
    refusing = {rule.id for rule in outcome.rules if rule.refuses_job}
    if not refusing:
        return None
    failures = gate.list_failures(outcome.findings) if gate else ()
    found, failed = ({each.rule for each in some} & refusing for some in (outcome.findings, failures))
    return Judgement(frozenset(found), frozenset(failed))


async def _conclude(db: Database, result: JobResult, outcome: CheckResult, gate: Gate | None) -> list[str]:
    """Record whether later checks compare with a job, and return notes about it."""
    judgement = judge_outcome(outcome, gate)
    if judgement is None:
        return []
    found, failed = judgement
    async with db.reading() as session:
        notes = await acceptance.describe_reference(session, result.job_id, failed)
    if result.status == Status.COMPLETED and gate is not None:
        try:
            async with db.transaction() as session:
                await acceptance.record_conclusion(
                    session, result.job_id, found=bool(found), failed=bool(failed)
                )
        except ReadOnlyError:
            notes.append(UNRECORDED)
    return notes


def build_report(
    checked: Sequence[CheckedJob],
    gate: Gate,
    rules: Sequence[Rule],
    failed: Sequence[int] = (),
    docs_url: str | None = None,
) -> Report:
    """Apply the gate to checked jobs.

    Args:
        checked: the jobs, in the order in which the user named them.
        gate: decides which findings count.
        rules: the rules that were selected.
        failed: exit codes of targets that could not be checked.
        docs_url: where the pages of the rules are published.
    """
    known, targets = 0, list[CheckedTarget]()
    for job in checked:
        new, covered = gate.drop_known(job.outcome.findings)
        known += covered
        targets.append(_describe_target(job, new, gate))
    rules, idle = _drop_build_rules(rules, _find_idle_rules(checked))
    few = tuple(rule.id for rule in rules if rule.id not in idle)
    broken = {finding.rule for job in checked for finding in job.outcome.findings}
    return Report(
        tuple(targets),
        {rule.id: describe_rule(rule, docs_url) for rule in rules if rule.id in broken},
        len(rules) - len(idle),
        gate.fail_on,
        combine_exit_codes([*(each.exit_code for each in targets), *failed]),
        sum(job.outcome.excused for job in checked),
        known,
        gate.max_findings,
        len(idle),
        tuple(dict.fromkeys(idle.values())),
        few if 0 < len(few) < min(MAX_NAMED, len(idle)) else (),
    )


def select_data_rules(outcome: CheckResult) -> tuple[list[Rule], dict[str, str]]:
    """Return the rules that concern a job, and what those of them need that had no data, by rule id."""
    return _drop_build_rules(outcome.rules, outcome.idle)


def _drop_build_rules(rules: Iterable[Rule], idle: Mapping[str, str]) -> tuple[list[Rule], dict[str, str]]:
    """Drop the rules that are only for local builds, if they had no data."""
    kept = [rule for rule in rules if idle.get(rule.id) != ONLY_BUILDS]
    return kept, {rule: need for rule, need in idle.items() if need != ONLY_BUILDS}


def _find_idle_rules(checked: Sequence[CheckedJob]) -> dict[str, str]:
    """Return what the rules need that had no data for any of the jobs, by rule id."""
    if not checked:
        return {}
    first, *others = (job.outcome.idle for job in checked)
    return {rule: need for rule, need in first.items() if all(rule in each for each in others)}


def _describe_joint(joint: JointFacts | None, others: Sequence[str]) -> list[str]:
    """Return notes about the sites that a job was judged together with."""
    if joint is None:
        return []
    if not others:
        return ["there is no other site to judge it together with"]
    notes = [f"judged together with {_name_sites(others)}: hreflang, cross-submission, duplicates"]
    if unread := [each for each in joint.unread if each in others]:
        verb = "was" if len(unread) == 1 else "were"
        notes.append(f"{_name_sites(unread)} {verb} not read wholly, so return links there stay unconfirmed")
    return notes


def _name_sites(sites: Sequence[str]) -> str:
    """Return the first of some sites, and how many more there are."""
    more = f" and {len(sites) - MAX_TOGETHER:,} more" if len(sites) > MAX_TOGETHER else ""
    return f"{', '.join(sites[:MAX_TOGETHER])}{more}"


def _describe_target(job: CheckedJob, new: Sequence[Finding], gate: Gate) -> CheckedTarget:
    result = job.result
    return CheckedTarget(
        target=result.target,
        domain=result.domain,
        job_id=result.job_id,
        status=result.status,
        verdict=result.verdict,
        error=result.error,
        findings=tuple(new),
        sitemaps=result.totals.sitemaps,
        urls=result.totals.urls,
        totals=result.totals,
        sections=tuple(result.sections or ()),
        exit_code=_choose_exit_code(job, new, gate),
        files=job.files,
        notes=job.notes,
        pages=job.probed,
        requested_pages=job.outcome.pages,
        page_notes=job.page_notes,
        needs_probe=PROBE.what in job.outcome.idle.values(),
        together=job.together,
        against=_describe_comparison(job.outcome.comparison),
        read_places=None if job.outcome.places is None else job.outcome.places.read,
        part=(result.scope, result.totals.all_urls) if result.scope and result.totals.all_urls else None,
    )


def _describe_comparison(found: ListComparison | None) -> ComparedUrls | None:
    """Return what a target was compared with, and how much of that was left out."""
    if found is None:
        return None
    return ComparedUrls(found.name, found.pages, {**found.rows_left_out, **found.left_out})


def _choose_exit_code(job: CheckedJob, new: Sequence[Finding], gate: Gate) -> int:
    """Return the exit code for one target; without findings that fail it, the rest may have some."""
    code = gate.exit_code(job.result.verdict, new)
    is_whole = not job.outcome.is_cut and (job.probed is None or job.probed.is_whole)
    return exit_codes.PARTIAL if code == exit_codes.OK and not is_whole else code


def _find_local_files(target: Target, findings: Iterable[Finding]) -> Mapping[str, str]:
    """Map the sitemap URLs of findings to the local files behind them."""
    if target.folder is None:
        return {}
    base = target.urls[0]
    if target.folder.is_file():
        return {base: _relative_path(target.folder)}
    urls = {each.sitemap for each in findings if each.sitemap and each.sitemap.startswith(base)}
    paths = {url: target.folder / unquote(url[len(base) :], errors="surrogateescape") for url in sorted(urls)}
    return {url: _relative_path(path) for url, path in paths.items() if path.is_file()}


def _relative_path(path: Path) -> str:
    """Return a path relative to the working folder, which in a pipeline is that of the repository."""
    with suppress(ValueError):
        path = path.resolve().relative_to(Path.cwd())
    return escape_undecoded(str(path))
