"""Analyze one target: crawl, record documents alone or in groups, audit, and record the ending."""

import time
from contextlib import aclosing

from sitemap_cli.crawl.fetched_sitemap import FetchedSitemap
from sitemap_cli.crawl.http_cache import HttpCache
from sitemap_cli.crawl.site_crawl import crawl_site
from sitemap_cli.model.values import Verdict
from sitemap_cli.progress import Progress
from sitemap_cli.tasks.cross_submissions import request_proofs
from sitemap_cli.tasks.group_recording import record_group
from sitemap_cli.tasks.grouping import group_sitemaps
from sitemap_cli.tasks.job_ending import finish_job
from sitemap_cli.tasks.outcome import Stopwatch
from sitemap_cli.tasks.preparation.prepared_groups import PreparedGroups
from sitemap_cli.tasks.recorded_cache import load_cache
from sitemap_cli.tasks.running_job import Analysis, RunningJob

# Counting different and new URLs at the end takes about a fifteenth of the time that recording them took.
COUNTING_SHARE = 0.1


async def analyze_job(job: RunningJob, progress: Progress, stopwatch: Stopwatch) -> Verdict:
    """Analyze the target of a job, inside :func:`~sitemap_cli.tasks.outcome.record_outcome`.

    The analysis stops early if the job is cancelled.
    """
    cache = job.cache or await _load_cache(job)
    async with crawl_site(job.fetcher, job.target, job.settings, progress, cache) as crawl:
        analysis = Analysis(job, crawl, cache, progress, stopwatch)
        if not await _record_crawl(analysis):
            return Verdict.CANCELLED
        await request_proofs(analysis)
    return await finish_job(analysis)


async def _load_cache(job: RunningJob) -> HttpCache:
    """Return the documents that previous jobs read; none with ``--refresh``."""
    async with job.db.reading() as session:
        return await load_cache(session, job.settings, job.domain_id, job.target)


async def _record_crawl(analysis: Analysis) -> bool:
    """Record what the crawl delivers, except the last group; return False if the job was cancelled."""
    job, stored = analysis.job, 0.0

    def reserve_time(sitemap: FetchedSitemap) -> None:
        sitemap.read_timeout.reserve_time(COUNTING_SHARE, stored)

    prepared = PreparedGroups(job.db, job.settings.tenant, job.preparer, analysis.progress, reserve_time)
    async with (
        aclosing(analysis.crawl.iterate_sitemaps()) as sitemaps,
        aclosing(group_sitemaps(analysis, sitemaps)) as unprepared,
        prepared.prepare(unprepared) as groups,
    ):
        async for group in groups:
            if group.is_last:
                analysis.last = group.sitemaps
                break
            start = time.monotonic()
            if not await record_group(analysis, group.sitemaps, group.prepared):
                return False
            stored += time.monotonic() - start
            if _stop_if_full(analysis):
                break
    return True


def _stop_if_full(analysis: Analysis) -> bool:
    """Stop the crawl at ``--max-urls`` and return whether it was stopped.

    It stops between documents: each is stored completely or not at all, because other jobs may refer to it.
    """
    limit, urls = analysis.job.settings.max_urls, analysis.progress.urls
    if limit is None or urls < limit:
        return False
    analysis.crawl.stop("max-urls", f"stopped after {urls:,} URLs; --max-urls is {limit:,}")
    return True
