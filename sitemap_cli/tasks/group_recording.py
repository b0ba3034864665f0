"""Record sitemaps of a running job, in transactions of their own."""

import logging
import time
from collections.abc import Sequence

from sitemap_cli.crawl.prepared_document import PreparedDocument
from sitemap_cli.events import log_event
from sitemap_cli.services.recording import jobs, sitemap_rows
from sitemap_cli.services.recording.arrived_sitemap import ArrivedSitemap
from sitemap_cli.services.recording.sitemap_rows import RecordedSitemap
from sitemap_cli.tasks.running_job import Analysis

log = logging.getLogger(__name__)


async def record_group(
    analysis: Analysis, group: Sequence[ArrivedSitemap], prepared: PreparedDocument | None = None
) -> bool:
    """Record some small sitemaps, or a large one, and finish them; return False if the job was cancelled.

    ``prepared`` is the document of a large one if that was read in another process.
    """
    job, start = analysis.job, time.monotonic()
    is_large = group[0].is_large
    async with job.db.transaction(is_brief=not is_large) as session:
        if await jobs.is_cancelled(session, job.job_id):
            return False
        tenant, job_id = job.settings.tenant, job.job_id
        if is_large:
            sitemap = group[0].sitemap
            recorded = [await sitemap_rows.record_sitemap(session, tenant, job_id, sitemap, prepared)]
        else:
            recorded = await sitemap_rows.record_sitemaps(session, tenant, job_id, group)
    report_recorded(analysis, group, recorded, time.monotonic() - start)
    for each, result in zip(group, recorded, strict=True):
        if not each.is_finished:
            analysis.crawl.finish_sitemap(each.sitemap, result.followed)
    return True


def report_recorded(
    analysis: Analysis, group: Sequence[ArrivedSitemap], recorded: Sequence[RecordedSitemap], seconds: float
) -> None:
    """Count and log sitemaps after the transaction that recorded them, which took some seconds."""
    meter = analysis.job.meter
    meter.record_storage(seconds)
    for each, result in zip(group, recorded, strict=True):
        if each.sitemap.response.status_code is not None or each.sitemap.response.bytes:
            meter.record_fetch(each.sitemap.response.ms / 1000)
        analysis.progress.urls += result.urls
        analysis.outcomes.append(result.outcome)
        if log.isEnabledFor(logging.INFO):
            url, reason = result.outcome.url, result.outcome.reason or "ok"
            message = f"recorded {url}: {result.urls} URLs, {reason}"
            log_event(log, logging.INFO, "recorded", message, url=url, urls=result.urls, reason=reason)
