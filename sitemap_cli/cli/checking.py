"""Checks targets and recorded jobs, and decides what the process says of them."""

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from sitemap_cli.audit import baseline as baselines
from sitemap_cli.audit.baseline import Baseline
from sitemap_cli.audit.rule import Rule
from sitemap_cli.cli import exit_codes
from sitemap_cli.cli.framework.fetchers import Fetchers
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.cli.output_file import sink
from sitemap_cli.cli.target_run import run_target
from sitemap_cli.errors import LockedError, UnreadableError, UsageError
from sitemap_cli.model.values import Finding, Severity
from sitemap_cli.output.report import Checked, Report, RuleInfo

if TYPE_CHECKING:
    from sitemap_cli.crawl.targets import Target
    from sitemap_cli.services.checking.checks import CheckOptions, Outcome
    from sitemap_cli.storage.database import Database

SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*%")
FOUND = 1


@dataclass(frozen=True, slots=True)
class Gate:
    """What makes a check fail: findings as severe as ``fail_on`` (None: never), more than are ``tolerated``.

    Of what the ``baseline`` knows nothing counts; all that is found becomes known if a new one is written.
    """

    fail_on: Severity | None = Severity.ERROR
    tolerated: int = 0
    baseline: Baseline = field(default_factory=dict)
    write_baseline: Path | None = None


Result = tuple[Mapping[str, Any], "Outcome", Mapping[str, str]]
"""The RESULT of a job, what the rules say of it, and the local files behind its sitemaps."""


@dataclass(frozen=True, slots=True)
class Subjects:
    """What is checked: targets, which are analyzed before, and jobs that are recorded.

    ``against`` is a target that they are compared with; ``wait`` says whether to wait for other runs.
    """

    targets: tuple[str, ...]
    jobs: tuple[str, ...]
    base_url: str | None = None
    against: str | None = None
    wait: bool = False


async def check(run: Run, subjects: Subjects, wanted: "CheckOptions", gate: Gate) -> Report:
    """Check targets and jobs.

    Raises:
        UsageError: there is nothing to check, or a target is none.
        NotFoundError: there is no such job.
        UnreadableError: what they shall be compared with cannot be read.
    """
    from sitemap_cli.crawl.targets import parse

    if not subjects.targets and not subjects.jobs:
        hint = "name a domain, URL, folder or file, or --job ID"
        raise UsageError("nothing to check", hint=hint)
    understood = [parse(each, base_url=subjects.base_url) for each in subjects.targets]
    other = _other(subjects, understood)
    locked, results = list[LockedError](), list[Result]()
    async with run.database() as db, run.fetchers() as fetchers:
        if other is not None:
            wanted = await _against(run, db, fetchers, other, wanted, wait=subjects.wait)
        results += [await _recorded(run, db, each, wanted) for each in subjects.jobs]
        async for result in _analyzed(run, db, fetchers, understood, wanted, locked, wait=subjects.wait):
            results.append(result)
    return _reported(results, [each.exit_code for each in locked], wanted, gate)


def _other(subjects: Subjects, targets: Sequence["Target"]) -> "Target | None":
    """What to compare with; a file of addresses belongs to the site that is checked."""
    from sitemap_cli.crawl.targets import parse

    given = subjects.against
    if given is None:
        return None
    if not Path(given).expanduser().exists():
        return parse(given, local=False)
    base = subjects.base_url or next((each.urls[0] for each in targets), None)
    return parse(given, base_url=base)


async def _against(
    run: Run, db: "Database", fetchers: Fetchers, other: "Target", wanted: "CheckOptions", *, wait: bool
) -> "CheckOptions":
    """Read what is to be compared with.

    Raises:
        UnreadableError: nothing could be read there.
    """
    result = await run_target(run, db, fetchers, other, wait=wait)
    if exit_codes.of(result["verdict"]) not in (exit_codes.OK, exit_codes.PARTIAL):
        raise UnreadableError("nothing to compare with", where=other.given, why=result["error"])
    is_list = other.folder is not None and other.folder.is_file()
    return replace(wanted, other_job=result["job_id"], other_is_list=is_list)


def share(option: str, text: str) -> float:
    """A percentage as a share of 1.

    Raises:
        UsageError: it is none, or more than all.
    """
    found = SHARE.fullmatch(text.strip())
    if not found or float(found[1]) > 100:
        raise UsageError("not a percentage", where=f"{option} {text}", hint=f"{option} 10%")
    return float(found[1]) / 100


def read_baseline(path: Path | None) -> Baseline:
    """The baseline in a file; an empty one without a file.

    Raises:
        UsageError: it cannot be read, or is none.
    """
    if path is None:
        return {}
    try:
        return baselines.decoded(path.read_bytes())
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        hint = "--write-baseline FILE makes one"
        raise UsageError("not a baseline", where=str(path), why=why, hint=hint) from error


async def _recorded(run: Run, db: "Database", job_id: str, wanted: "CheckOptions") -> Result:
    from sitemap_cli.services.checking import checks
    from sitemap_cli.services.reporting import job_result

    async with db.reading() as session:
        result = await job_result.load_job_result(session, run.settings.tenant, job_id)
        return result, await checks.check_job(session, run.settings.tenant, result["job_id"], wanted), {}


async def _analyzed(
    run: Run,
    db: "Database",
    fetchers: Fetchers,
    targets: Iterable["Target"],
    wanted: "CheckOptions",
    locked: list[LockedError],
    *,
    wait: bool,
) -> AsyncIterator[Result]:
    """Analyze and check one target after the other; those that another run has in hand are noted."""
    from sitemap_cli.tasks.locking import mark_stale_jobs

    await mark_stale_jobs(db, run.settings.tenant)
    for target in targets:
        try:
            result = await run_target(run, db, fetchers, target, wait=wait)
        except LockedError as error:
            run.console.error(error)
            locked.append(error)
            continue
        local = replace(wanted, local=target.folder is not None)
        _, outcome, _ = await _recorded(run, db, result["job_id"], local)
        yield result, outcome, _files(target, outcome.findings)


def _reported(results: Sequence[Result], locked: Sequence[int], wanted: "CheckOptions", gate: Gate) -> Report:
    """Put together what was found, and hold it against the gate."""
    if gate.write_baseline is not None:
        every = [finding for _, outcome, _ in results for finding in outcome.findings]
        with sink(gate.write_baseline) as stream:
            stream.write(baselines.encoded(every))
        gate = replace(gate, baseline=baselines.decoded(baselines.encoded(every)))
    known, excused, checks = 0, 0, list[Checked]()
    for result, outcome, files in results:
        new, covered = baselines.new(outcome.findings, gate.baseline)
        known, excused = known + covered, excused + outcome.excused
        checks.append(_checked(result, new, files, gate))
    broken = {finding.rule for _, outcome, _ in results for finding in outcome.findings}
    rules = wanted.choice.rules()
    codes = [*(each.exit_code for each in checks), *locked]
    return Report(
        tuple(checks),
        {rule.id: _info(rule) for rule in rules if rule.id in broken},
        len(rules),
        gate.fail_on,
        FOUND if FOUND in codes else exit_codes.together(codes),
        excused,
        known,
    )


def _checked(
    result: Mapping[str, Any],
    new: Sequence[Finding],
    files: Mapping[str, str],
    gate: Gate,
) -> Checked:
    return Checked(
        target=result["target"],
        domain=result["domain"],
        job_id=result["job_id"],
        status=result["status"],
        verdict=result["verdict"],
        error=result["error"],
        new=tuple(new),
        sitemaps=result["totals"]["sitemaps"],
        urls=result["totals"]["urls"],
        exit_code=_exit_code(exit_codes.of(result["verdict"]), new, gate),
        files=files,
    )


def _exit_code(read: int, new: Iterable[Finding], gate: Gate) -> int:
    """A site that could not be read, or has no sitemap, is worse than findings; one read in part is not."""
    if read not in (exit_codes.OK, exit_codes.PARTIAL) or gate.fail_on is None:
        return read
    counted = sum(each.count for each in new if each.severity.rank <= gate.fail_on.rank)
    return FOUND if counted > gate.tolerated else read


def _info(rule: Rule) -> RuleInfo:
    sources = [word for word in rule.sections.get("Source", "").split() if word.startswith("https://")]
    fix = rule.sections.get("Fix", "").replace("``", "`")
    return RuleInfo(rule.id, rule.name, rule.severity, rule.summary, fix, next(iter(sources), None))


def _files(target: "Target", findings: Iterable[Finding]) -> Mapping[str, str]:
    """The local files behind the sitemaps of findings, by their addresses."""
    if target.folder is None:
        return {}
    base = target.urls[0]
    if target.folder.is_file():
        return {base: _from_here(target.folder)}
    here = {each.sitemap for each in findings if each.sitemap and each.sitemap.startswith(base)}
    paths = {url: target.folder / unquote(url[len(base) :]) for url in sorted(here)}
    return {url: _from_here(path) for url, path in paths.items() if path.is_file()}


def _from_here(path: Path) -> str:
    """A file as seen from the working folder, which in a pipeline is that of the repository."""
    with suppress(ValueError):
        return str(path.resolve().relative_to(Path.cwd()))
    return str(path)
