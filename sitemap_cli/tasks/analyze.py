"""Analyzes one domain: walk, record each document in a transaction of its own, audit, finish."""

import datetime as dt
import logging
import time
from contextlib import aclosing
from dataclasses import dataclass, field

from sitemap_cli.crawl import discovery_report
from sitemap_cli.crawl.fetched_sitemap import FetchedSitemap
from sitemap_cli.crawl.http_cache import HttpCache, NoCache
from sitemap_cli.crawl.site_crawl import SiteCrawl, crawl_site
from sitemap_cli.crawl.targets import Target
from sitemap_cli.crawl.verdicts import UrlOutcome, decide_verdict
from sitemap_cli.fetch.interface import Fetcher
from sitemap_cli.model.values import Status, Verdict
from sitemap_cli.progress import Meter, Progress
from sitemap_cli.services.checking import findings
from sitemap_cli.services.recording import job_totals, jobs, robots_files, sitemap_rows
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks.grouping import group_unread
from sitemap_cli.tasks.outcome import Stopwatch
from sitemap_cli.tasks.recorded_cache import RecordedCache

log = logging.getLogger(__name__)

STATUS = {Verdict.OK: Status.COMPLETED, Verdict.PARTIAL: Status.PARTIAL}


@dataclass(frozen=True, slots=True)
class Job:
    """One job in hand: whose it is, what it looks at and with what settings."""

    db: Database
    fetcher: Fetcher
    settings: Settings
    job_id: str
    domain_id: int
    target: Target
    meter: Meter = field(default_factory=Meter)


async def analyze(job: Job, progress: Progress, watch: Stopwatch) -> Verdict:
    """Carry out a job that was recorded as running, inside :func:`~sitemap_cli.tasks.outcome.record_outcome`.

    It ends early when somebody cancelled it.
    """
    answers = list[UrlOutcome]()
    memory = await _memory(job)
    async with (
        crawl_site(job.fetcher, job.target, job.settings, progress, memory) as walking,
        aclosing(walking.iterate_sitemaps()) as sitemaps,
        aclosing(group_unread(sitemaps)) as groups,
    ):
        async for group in groups:
            recorded = await _record(job, group, progress)
            if recorded is None:
                return Verdict.CANCELLED
            answers += recorded
            if _is_full(job, walking, progress):
                break
    return await _finish(job, walking, answers, watch)


async def _memory(job: Job) -> HttpCache:
    """What earlier jobs read of the domain, unless the user wants it all read again."""
    settings = job.settings
    if settings.refresh:
        return NoCache()
    trusting = settings.trust_index_lastmod
    return await RecordedCache.load(
        job.db, settings.tenant, job.domain_id, job.target.text, trusting=trusting
    )


async def _record(job: Job, group: list[FetchedSitemap], progress: Progress) -> list[UrlOutcome] | None:
    """What the sitemaps brought, recorded; None when the job was cancelled."""
    first, began = group[0], time.monotonic()
    async with job.db.transaction() as session:
        if await jobs.is_cancelled(session, job.job_id):
            return None
        if sitemap_rows.is_unread(first):
            recorded = await sitemap_rows.record_unread_sitemaps(session, job.job_id, group)
        else:
            recorded = [await sitemap_rows.record_sitemap(session, job.settings.tenant, job.job_id, first)]
    job.meter.record_storage(time.monotonic() - began)
    if not sitemap_rows.is_unread(first):
        job.meter.record_fetch(first.response.ms / 1000)
    for each in recorded:
        progress.urls += each.urls
        log.info("recorded %s: %d URLs, %s", each.answer.url, each.urls, each.answer.reason or "all well")
    return [each.answer for each in recorded]


def _is_full(job: Job, walking: SiteCrawl, progress: Progress) -> bool:
    """Whether to stop, between documents: each is whole or absent, because other jobs may point at it."""
    limit = job.settings.max_urls
    if limit is None or progress.urls < limit:
        return False
    walking.stop("max-urls", f"stopped after {progress.urls:,} URLs; --max-urls is {limit:,}")
    return True


async def _finish(job: Job, walking: SiteCrawl, answers: list[UrlOutcome], watch: Stopwatch) -> Verdict:
    """Sum up and judge what is recorded, then close the job, all or nothing."""
    verdict = decide_verdict([*walking.outcomes, *answers], walking.limits_reached)
    # Summing up a million URLs takes a second, for which no other writer shall wait.
    async with job.db.reading() as session:
        previous = await jobs.find_latest_complete_id(session, job.settings.tenant, job.domain_id)
        now, whole = dt.datetime.now(dt.UTC), verdict is Verdict.OK
        sums = await job_totals.compute_totals(session, job.job_id, previous, now, whole=whole)
        judged = await findings.judge_job(session, job.job_id)
    ending = jobs.Ending(
        STATUS.get(verdict, Status.FAILED),
        verdict,
        _error(walking, answers, verdict),
        watch.ms,
        discovery_report.build_sources(walking.outcomes),
    )
    async with job.db.transaction() as session:
        if not await jobs.record_ending(session, job.job_id, ending, sums):
            return Verdict.CANCELLED
        await robots_files.record_robots_files(session, job.settings.tenant, job.job_id, walking.robots_files)
        await findings.record_findings(session, job.job_id, judged)
    return verdict


def _error(walking: SiteCrawl, answers: list[UrlOutcome], verdict: Verdict) -> str | None:
    """One line that says what went wrong; None when nothing did."""
    if verdict is Verdict.OK:
        return None
    if walking.limits_reached:
        return "; ".join(fault.message for fault in walking.limits_reached)
    failed = sorted((each.url, each.reason) for each in answers if each.reason is not None)
    if failed:
        url, reason = failed[0]
        told = f"{len(failed):,} of {len(answers):,} sitemaps could not be read, or not wholly"
        return f"{told}: {reason} ({url})"
    return f"no sitemap found: {discovery_report.summarize_sources(walking.outcomes)}"
