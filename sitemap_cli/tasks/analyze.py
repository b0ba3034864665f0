"""Analyze one target: crawl, record each document in its own transaction, audit, and record the ending."""

import datetime as dt
import logging
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from sitemap_cli.crawl import discovery_report, job_explanation
from sitemap_cli.crawl.fetched_sitemap import FetchedSitemap
from sitemap_cli.crawl.http_cache import HttpCache
from sitemap_cli.crawl.site_crawl import SiteCrawl, crawl_site
from sitemap_cli.crawl.targets import Target
from sitemap_cli.crawl.verdicts import UrlOutcome, decide_verdict
from sitemap_cli.events import log_event
from sitemap_cli.fetch.interface import Fetcher
from sitemap_cli.model.values import Finding, Status, Verdict
from sitemap_cli.progress import Meter, Progress
from sitemap_cli.services.checking import findings
from sitemap_cli.services.recording import job_sitemaps, job_totals, jobs, robots_files, sitemap_rows
from sitemap_cli.services.recording.job_totals import Totals
from sitemap_cli.services.recording.sitemap_rows import RecordedSitemap
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.session import Session
from sitemap_cli.tasks.grouping import group_unread
from sitemap_cli.tasks.outcome import Stopwatch
from sitemap_cli.tasks.preparation.prepared_groups import PreparedGroups, SitemapGroup
from sitemap_cli.tasks.preparation.preparer import DocumentPreparer
from sitemap_cli.tasks.recorded_cache import load_cache

log = logging.getLogger(__name__)

# Counting different and new URLs at the end takes about a fifteenth of the time that recording them took.
COUNTING_SHARE = 0.1
# URLs, those of previous jobs included, up to which totals are computed in the transaction that ends a job.
SMALL_JOB = 10_000

# Any other verdict means that the job failed.
STATUS_BY_VERDICT = {Verdict.OK: Status.COMPLETED, Verdict.PARTIAL: Status.PARTIAL}


@dataclass(frozen=True, slots=True)
class RunningJob:
    """A job that is recorded as running: its ids, its target, and what to analyze it with.

    ``cache`` has the documents of previous jobs if they are loaded already. ``preparer`` reads large
    documents in other processes. ``lacks_login`` says that its
    target may have had a name and password, which are not stored.
    """

    db: Database
    fetcher: Fetcher
    settings: Settings
    job_id: str
    domain_id: int
    target: Target
    meter: Meter = field(default_factory=Meter)
    cache: HttpCache | None = None
    preparer: DocumentPreparer = field(default_factory=DocumentPreparer)
    lacks_login: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """What the end of a job computes from all that it recorded."""

    totals: Totals
    findings: Sequence[Finding]


async def analyze_job(job: RunningJob, progress: Progress, stopwatch: Stopwatch) -> Verdict:
    """Analyze the target of a job, inside :func:`~sitemap_cli.tasks.outcome.record_outcome`.

    The analysis stops early if the job is cancelled.
    """
    outcomes, stored = list[UrlOutcome](), 0.0
    cache = job.cache or await _load_cache(job)

    def reserve_time(sitemap: FetchedSitemap) -> None:
        sitemap.read_timeout.reserve_time(COUNTING_SHARE, stored)

    prepared = PreparedGroups(job.db, job.settings.tenant, job.preparer, progress, reserve_time)
    async with (
        crawl_site(job.fetcher, job.target, job.settings, progress, cache) as crawl,
        aclosing(crawl.iterate_sitemaps()) as sitemaps,
        aclosing(group_unread(sitemaps)) as unprepared,
        prepared.prepare(unprepared) as groups,
    ):
        async for group in groups:
            start = time.monotonic()
            recorded = await _record_group(job, group, progress)
            if recorded is None:
                return Verdict.CANCELLED
            for sitemap, each in zip(group.sitemaps, recorded, strict=True):
                outcomes.append(each.outcome)
                crawl.finish_sitemap(sitemap, each.followed)
            stored += time.monotonic() - start
            if _stop_if_full(job, crawl, progress):
                break
    return await _finish_job(job, crawl, cache, outcomes, stopwatch)


async def _load_cache(job: RunningJob) -> HttpCache:
    """Return the documents that previous jobs read; none with ``--refresh``."""
    async with job.db.reading() as session:
        return await load_cache(session, job.settings, job.domain_id, job.target)


async def _record_group(
    job: RunningJob, group: SitemapGroup, progress: Progress
) -> list[RecordedSitemap] | None:
    """Record sitemaps; return None if the job was cancelled."""
    # A group is one sitemap that was read, or several that were not.
    first, start = group.sitemaps[0], time.monotonic()
    is_unread = sitemap_rows.is_unread(first)
    async with job.db.transaction() as session:
        if await jobs.is_cancelled(session, job.job_id):
            return None
        if is_unread:
            recorded = await sitemap_rows.record_unread_sitemaps(session, job.job_id, group.sitemaps)
        else:
            tenant, prepared = job.settings.tenant, group.prepared
            recorded = [await sitemap_rows.record_sitemap(session, tenant, job.job_id, first, prepared)]
    job.meter.record_storage(time.monotonic() - start)
    if not is_unread:
        job.meter.record_fetch(first.response.ms / 1000)
    for each in recorded:
        progress.urls += each.urls
        if log.isEnabledFor(logging.INFO):
            url, reason = each.outcome.url, each.outcome.reason or "ok"
            message = f"recorded {url}: {each.urls} URLs, {reason}"
            log_event(log, logging.INFO, "recorded", message, url=url, urls=each.urls, reason=reason)
    return recorded


def _stop_if_full(job: RunningJob, crawl: SiteCrawl, progress: Progress) -> bool:
    """Stop the crawl at ``--max-urls`` and return whether it was stopped.

    It stops between documents: each is stored completely or not at all, because other jobs may refer to it.
    """
    limit = job.settings.max_urls
    if limit is None or progress.urls < limit:
        return False
    crawl.stop("max-urls", f"stopped after {progress.urls:,} URLs; --max-urls is {limit:,}")
    return True


def _describe_outside(totals: Totals) -> str | None:
    """Return what a site lists if nothing of it is in the part that the job is about."""
    if totals.urls or not totals.all_urls:
        return None
    return f"none of the {totals.all_urls:,} URLs of the site is below {totals.scope}"


async def _finish_job(
    job: RunningJob, crawl: SiteCrawl, cache: HttpCache, outcomes: list[UrlOutcome], stopwatch: Stopwatch
) -> Verdict:
    """Compute totals and findings, then record them with the ending of the job in one transaction."""
    verdict = decide_verdict([*crawl.outcomes, *outcomes], crawl.limits_reached)
    if _is_small(cache, outcomes):
        async with job.db.transaction(is_brief=True) as session:
            summary = await _summarize_job(session, job, verdict)
            return await _record_ending(session, job, crawl, outcomes, verdict, summary, stopwatch)
    # Computing the totals of a million URLs takes a second, so it must not hold the write lock.
    async with job.db.reading() as session:
        summary = await _summarize_job(session, job, verdict)
    async with job.db.transaction() as session:
        return await _record_ending(session, job, crawl, outcomes, verdict, summary, stopwatch)


def _is_small(cache: HttpCache, outcomes: list[UrlOutcome]) -> bool:
    """Return whether a job and those that it is compared with have so few URLs that summing up is quick."""
    known = cache.urls
    return known is not None and known + sum(each.urls for each in outcomes) <= SMALL_JOB


async def _summarize_job(session: Session, job: RunningJob, verdict: Verdict) -> Summary:
    now, is_complete = dt.datetime.now(dt.UTC), verdict is Verdict.OK
    rows = await job_sitemaps.load_job_sitemaps(session, job.job_id)
    totals = await job_totals.compute_totals(session, job.job_id, rows, now, is_complete=is_complete)
    return Summary(totals, await findings.judge_job(session, job.job_id, rows))


async def _record_ending(
    session: Session,
    job: RunningJob,
    crawl: SiteCrawl,
    outcomes: list[UrlOutcome],
    verdict: Verdict,
    summary: Summary,
    stopwatch: Stopwatch,
) -> Verdict:
    """Record how a job ended, unless it was cancelled; return its verdict."""
    if await jobs.is_cancelled(session, job.job_id):
        return Verdict.CANCELLED
    outside = _describe_outside(summary.totals)
    why = job_explanation.explain_verdict(verdict, outcomes, crawl.outcomes, crawl.limits_reached, outside)
    if job.lacks_login:
        every = [*crawl.outcomes, *outcomes]
        why = job_explanation.explain_missing_login(why, every, job.target.urls)
    status, sources = (
        STATUS_BY_VERDICT.get(verdict, Status.FAILED),
        discovery_report.build_sources(crawl.outcomes),
    )
    ending = jobs.Ending(status, verdict, why, stopwatch.ms, sources)
    await jobs.record_ending(session, job.job_id, ending, summary.totals)
    await robots_files.record_robots_files(session, job.settings.tenant, job.job_id, crawl.robots_files)
    await findings.record_findings(session, job.job_id, summary.findings)
    return verdict
