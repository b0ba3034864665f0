"""Check many small recorded jobs: what they recorded is loaded by statements that they share.

All of them see the same state of the database, in one reading transaction. So no document can be packed while
a rule looks at it, and nothing has to be looked at again afterwards.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sitemap_cli.audit.gate import Gate
from sitemap_cli.errors import ReadOnlyError
from sitemap_cli.model.values import Status
from sitemap_cli.services.checking import acceptance, checks
from sitemap_cli.services.checking.checks import CheckOptions, CheckResult
from sitemap_cli.services.checking.fact import UnfinishedFact
from sitemap_cli.services.checking.job_records import JobRecord, load_records
from sitemap_cli.services.recording import jobs
from sitemap_cli.services.recording.jobs import JobWithDomain
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Job
from sitemap_cli.storage.session import Session
from sitemap_cli.tasks.check import (
    UNRECORDED,
    CheckedJob,
    build_checked_job,
    check_job,
    choose_end,
    judge_outcome,
)

MAX_JOBS = 100
"""Jobs that share statements."""
MAX_URLS = 5_000
MAX_SITEMAPS = 50
"""URLs and sitemaps of a small job; with more, the shared statements are a small part of the work."""


async def check_small_jobs(
    db: Database,
    tenant: str,
    job_ids: Sequence[str],
    options: CheckOptions,
    keep: Callable[[JobRecord, CheckedJob], None],
    *,
    deadline: float = math.inf,
    concludes: bool = False,
) -> None:
    """Run the rules over those of at most :data:`MAX_JOBS` jobs that are small, in their order.

    Args:
        db: the database.
        tenant: the tenant of the jobs.
        job_ids: the whole ids of jobs; those of removed, large or packed ones are passed over.
        options: the rules and their parameters; not of a local build.
        keep: gets what each checked job recorded, and what the rules found.
        deadline: seconds for the rules of each job, which stop between two facts or rules.
        concludes: whether the caller records what each check concludes, which checks of later jobs over the
            same target need: only the first one of a target is checked.
    """
    if not job_ids:
        return
    async with db.reading() as session:
        rows = {each.job.id: each for each in await jobs.load_jobs(session, tenant, job_ids)}
        ordered = [rows[each] for each in dict.fromkeys(job_ids) if each in rows]
        found = [each for each in (_list_first(ordered) if concludes else ordered) if _is_small(each.job)]
        records = await load_records(session, found, checks.make_record_options(options)) if found else []
        for record in (each for each in records if not each.is_packed):
            outcome = await _run_rules(session, record, options, choose_end(deadline))
            keep(record, build_checked_job(record, outcome, options))


async def check_recorded_jobs(
    db: Database,
    tenant: str,
    job_ids: Sequence[str],
    options: CheckOptions,
    gate: Gate | None,
    deadline: float = math.inf,
) -> list[CheckedJob]:
    """Run the rules over recorded jobs, small ones together, and record whether each is accepted.

    Args:
        db: the database.
        tenant: the tenant of the jobs.
        job_ids: the whole ids of the jobs.
        options: the rules and their parameters.
        gate: decides which findings refuse a job; None leaves open whether later checks compare with it.
        deadline: seconds for the rules of each job.

    Raises:
        NotFoundError: one of the jobs was removed.
    """
    checked = list[CheckedJob]()
    for first in range(0, len(job_ids), MAX_JOBS):
        some = job_ids[first : first + MAX_JOBS]
        found = dict[str, tuple[JobRecord, CheckedJob]]()

        def keep(
            record: JobRecord, job: CheckedJob, found: dict[str, tuple[JobRecord, CheckedJob]] = found
        ) -> None:
            found[record.job.id] = record, job

        await check_small_jobs(db, tenant, some, options, keep, deadline=deadline, concludes=True)
        concluded = await _conclude(db, list(found.values()), gate)
        for each in some:
            alone = concluded.pop(each, None)
            if alone is None:
                alone = await check_job(db, tenant, each, options, gate=gate, deadline=deadline)
            checked.append(alone)
    return checked


async def _conclude(
    db: Database, found: Sequence[tuple[JobRecord, CheckedJob]], gate: Gate | None
) -> dict[str, CheckedJob]:
    """Record whether later checks compare with some jobs; return them with notes about that, by id."""
    passed, failed, notes = list[str](), list[str](), dict[str, Sequence[str]]()
    for record, checked in found:
        judgement = None if checked.outcome.is_cut else judge_outcome(checked.outcome, gate)
        if judgement is None:
            continue
        job, reference = record.job, record.reference.job if record.reference else None
        notes[job.id] = acceptance.describe_compared(job, reference, judgement.failed)
        if job.status == Status.COMPLETED and gate is not None:
            if judgement.failed:
                failed.append(job.id)
            elif not judgement.found:
                passed.append(job.id)
    unrecorded = list[str]()
    try:
        if passed or failed:
            async with db.transaction() as session:
                await acceptance.record_passed(session, passed)
                for each in failed:
                    await acceptance.record_conclusion(session, each, found=True, failed=True)
    except ReadOnlyError:
        unrecorded = [*passed, *failed]
    return {
        record.job.id: replace(
            checked,
            notes=(
                *notes.get(record.job.id, ()),
                *[UNRECORDED] * (record.job.id in unrecorded),
                *checked.notes,
            ),
        )
        for record, checked in found
    }


def _list_first(found: Sequence[JobWithDomain]) -> Iterator[JobWithDomain]:
    """Yield the first job of each target."""
    seen = set[tuple[object, ...]]()
    for each in found:
        target = each.job.domain_id, each.job.history, each.job.is_local
        if target not in seen:
            seen.add(target)
            yield each


def _is_small(job: Job) -> bool:
    return (job.urls or 0) <= MAX_URLS and (job.sitemaps or 0) <= MAX_SITEMAPS


async def _run_rules(session: Session, record: JobRecord, options: CheckOptions, until: float) -> CheckResult:
    check = checks.begin_check(record, options, until)
    for name in sorted(check.missing):
        if not check.has_time():
            break
        value = await checks.gather_fact(session, check, name)
        if isinstance(value, UnfinishedFact):
            value = await value.finish()
        checks.add_fact(check, name, value)
    return await checks.finish_check(session, check)
