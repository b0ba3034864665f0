"""Check many small recorded jobs: what they recorded is loaded by statements that they share.

All of them see the same state of the database, in one reading transaction. So no document can be packed while
a rule looks at it, and nothing has to be looked at again afterwards.
"""

import math
from collections.abc import Callable, Sequence

from sitemap_cli.services.checking import checks
from sitemap_cli.services.checking.checks import CheckOptions, CheckResult
from sitemap_cli.services.checking.fact import UnfinishedFact
from sitemap_cli.services.checking.job_records import JobRecord, load_records
from sitemap_cli.services.recording import jobs
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Job
from sitemap_cli.storage.session import Session
from sitemap_cli.tasks.check import CheckedJob, build_checked_job, choose_end

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
    keep: Callable[[str, CheckedJob], None],
    *,
    deadline: float = math.inf,
) -> None:
    """Run the rules over those of at most :data:`MAX_JOBS` jobs that are small, in their order.

    Args:
        db: the database.
        tenant: the tenant of the jobs.
        job_ids: the whole ids of jobs; those of removed, large or packed ones are passed over.
        options: the rules and their parameters; not of a local build.
        keep: gets the id of each checked job and what the rules found.
        deadline: seconds for the rules of each job, which stop between two facts or rules.
    """
    if not job_ids:
        return
    async with db.reading() as session:
        found = [each for each in await jobs.load_jobs(session, tenant, job_ids) if _is_small(each.job)]
        records = await load_records(session, found, checks.make_record_options(options)) if found else []
        by_id = {each.job.id: each for each in records if not each.is_packed}
        for record in (by_id[each] for each in dict.fromkeys(job_ids) if each in by_id):
            outcome = await _run_rules(session, record, options, choose_end(deadline))
            keep(record.job.id, build_checked_job(record, outcome, options))


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
