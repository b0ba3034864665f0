"""Run one job: a new one over a target, or a pending one of a batch or of the queue."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count

from sitemap_cli.configuration import read_variable
from sitemap_cli.crawl.fetchers import Fetchers
from sitemap_cli.crawl.http_cache import HttpCache
from sitemap_cli.crawl.targets import Target, parse_target
from sitemap_cli.errors import ConfigurationError, ConflictError, SitemapError
from sitemap_cli.events import log_event, name_job
from sitemap_cli.fetch.headers import sends_login
from sitemap_cli.model.values import Verdict
from sitemap_cli.progress import Meter, Progress
from sitemap_cli.services.catalog.job_start import NewJob, StartedJob
from sitemap_cli.services.catalog.request_settings import RequestSettings
from sitemap_cli.services.recording import jobs
from sitemap_cli.services.recording.jobs import RunnableJob
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks.analyze import analyze_job
from sitemap_cli.tasks.locking import OnWait, describe_process, domain_lock
from sitemap_cli.tasks.outcome import Stopwatch, record_outcome
from sitemap_cli.tasks.preparation.preparer import DocumentPreparer
from sitemap_cli.tasks.recorded_cache import load_cache
from sitemap_cli.tasks.running_job import RunningJob
from sitemap_cli.tasks.trying_again import try_again

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunContext:
    """What jobs are run with: the database, the fetchers, the settings and the timing callbacks.

    ``preparer`` reads large documents in other processes. ``is_later`` says that the jobs were recorded by an
    earlier command, with whose targets no password is stored.
    """

    db: Database
    fetchers: Fetchers
    settings: Settings
    meter: Meter = field(default_factory=Meter)
    preparer: DocumentPreparer = field(default_factory=DocumentPreparer)
    is_later: bool = False


@asynccontextmanager
async def open_new_job(db: Database, new: NewJob, on_wait: OnWait | None) -> AsyncIterator[Stopwatch]:
    """Hold the lock of a domain for a new job.

    The block records the job in a transaction of its own and then calls :func:`run_new_job`. If the block
    raises, the ending of the job is recorded in a fresh transaction.

    Raises:
        LockedError: another run holds the lock, and ``on_wait`` is None.
    """
    async with (
        domain_lock(db, new.tenant, new.target.domain, on_wait),
        record_outcome(db, new.job_id) as stopwatch,
    ):
        yield stopwatch


async def run_new_job(
    context: RunContext, started: StartedJob, progress: Progress, stopwatch: Stopwatch
) -> Verdict:
    """Analyze the target of a job that :func:`open_new_job` opened and the caller has recorded.

    Raises:
        ConfigurationError: the request settings of the domain cannot be applied.
    """
    settings = started.request_settings.apply_to(context.settings, read_variable)
    fetcher = context.fetchers.for_target(started.target, settings)
    job = RunningJob(
        context.db,
        fetcher,
        settings,
        started.job_id,
        started.domain_id,
        started.target,
        context.meter,
        preparer=context.preparer,
    )
    attempts = count()

    async def run() -> Verdict:
        if next(attempts):
            await _restart_job(job, progress)
        return await _analyze_and_log(job, progress, stopwatch)

    return await try_again(run)


async def _restart_job(job: RunningJob, progress: Progress) -> None:
    """Delete what an attempt recorded of a running job, for another one."""
    progress.restart()
    async with job.db.transaction() as session:
        await jobs.reset_job(session, job.job_id)
        await jobs.mark_running(session, job.settings.tenant, job.domain_id, job.job_id, describe_process())


async def run_pending_job(
    context: RunContext,
    job: RunnableJob,
    progress: Progress,
    on_wait: OnWait | None,
    *,
    restart: bool = False,
) -> Verdict | None:
    """Run a job that is recorded as pending.

    Args:
        context: what to run it with.
        job: the job.
        progress: counters for the display.
        on_wait: called before waiting for another run; None raises instead.
        restart: delete first what an earlier attempt recorded, whose process died or failed.

    Returns:
        The verdict; None if the job failed because of its settings or of a bug.

    Raises:
        LockedError: another run holds the domain's lock.
        SitemapError: an error that affects all jobs, such as a lost database.
    """
    attempts = count()

    async def run() -> Verdict | None:
        # A second attempt deletes what the first one recorded.
        return await _run_attempt(context, job, progress, restart=restart or next(attempts) > 0)

    async with domain_lock(context.db, context.settings.tenant, job.domain, on_wait):
        try:
            return await try_again(run)
        except (ConfigurationError, ConflictError) as error:
            log.warning("%s: %s", job.domain, error)
        except SitemapError:
            raise
        except Exception:
            # A bug ends this job, which has recorded the reason, but not the others.
            log.exception("internal error while analyzing %s", job.domain)
    return None


async def _run_attempt(
    context: RunContext, job: RunnableJob, progress: Progress, *, restart: bool
) -> Verdict | None:
    """Run a pending job, whose domain is locked, and record how it ended."""
    tenant, db = context.settings.tenant, context.db
    progress.restart()
    async with record_outcome(db, job.job_id) as stopwatch:
        target = parse_target(job.target, local=False)
        async with db.transaction(is_brief=not restart) as session:
            if restart:
                await jobs.reset_job(session, job.job_id)
            is_ours = await jobs.mark_running(session, tenant, job.domain_id, job.job_id, describe_process())
            cache = await load_cache(session, context.settings, job.domain_id, target)
        if not is_ours:
            return Verdict.CANCELLED
        return await _analyze_and_log(_prepare_job(context, job, target, cache), progress, stopwatch)


async def _analyze_and_log(job: RunningJob, progress: Progress, stopwatch: Stopwatch) -> Verdict:
    """Analyze the target of a job, and log how it ended."""
    domain = job.target.domain
    with name_job(job.job_id, domain):
        verdict = await analyze_job(job, progress, stopwatch)
        if log.isEnabledFor(logging.INFO):
            message = f"finished {domain}: {verdict.value}, {progress.urls} URLs, {stopwatch.ms} ms"
            fields = {"verdict": verdict.value, "urls": progress.urls, "ms": stopwatch.ms}
            log_event(log, logging.INFO, "job-finished", message, **fields)
    return verdict


def _prepare_job(context: RunContext, job: RunnableJob, target: Target, cache: HttpCache) -> RunningJob:
    """Apply the request settings of the job's domain.

    Raises:
        ConfigurationError: they cannot be applied.
    """
    own = None
    if job.request_settings:
        own = RequestSettings.from_stored(job.request_settings).apply_to(context.settings, read_variable)
    settings = own or context.settings
    has_login = sends_login(settings) or context.fetchers.find_login(target) is not None
    return RunningJob(
        context.db,
        context.fetchers.for_target(target, own),
        settings,
        job.job_id,
        job.domain_id,
        target,
        context.meter,
        cache,
        context.preparer,
        lacks_login=context.is_later and not has_login,
    )
