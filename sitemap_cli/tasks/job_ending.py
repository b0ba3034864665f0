"""Sum up an analyzed job, and record how it ended."""

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sitemap_cli.crawl import discovery_report, job_explanation
from sitemap_cli.crawl.verdicts import UrlOutcome, decide_verdict
from sitemap_cli.model.values import Finding, Status, Verdict
from sitemap_cli.services.checking import findings
from sitemap_cli.services.history import job_changes
from sitemap_cli.services.recording import (
    job_history,
    job_sitemaps,
    job_totals,
    jobs,
    missing_sections,
    recorded_findings,
    robots_files,
    sitemap_rows,
)
from sitemap_cli.services.recording.job_totals import Totals
from sitemap_cli.storage.session import Session
from sitemap_cli.tasks import group_recording, packing
from sitemap_cli.tasks.running_job import Analysis

# URLs, those of previous jobs included, up to which totals are computed in the transaction that ends a job.
SMALL_JOB = 10_000
# Any other verdict means that the job failed.
STATUS_BY_VERDICT = {Verdict.OK: Status.COMPLETED, Verdict.PARTIAL: Status.PARTIAL}


@dataclass(frozen=True, slots=True)
class Summary:
    """What the end of a job computes from all that it recorded; ``outcomes`` are those of its sitemaps.

    ``sections`` are those of documents of an older version, by their ids. ``changes`` are the URLs that came
    and went, in parts; the last one is recorded with the ending. ``has_superseded`` says that documents of
    older jobs may be packed afterwards.
    """

    outcomes: Sequence[UrlOutcome]
    verdict: Verdict
    totals: Totals
    findings: Sequence[Finding]
    sections: missing_sections.Sections
    changes: Sequence[job_changes.UrlChanges] = ()
    has_superseded: bool = False


async def finish_job(analysis: Analysis) -> Verdict:
    """Record the last sitemaps and how the job ended; a small job does so in one transaction."""
    if _is_small(analysis):
        return await _finish_small_job(analysis)
    if analysis.last and not await group_recording.record_group(analysis, analysis.last):
        return Verdict.CANCELLED
    # Computing the totals of a million URLs takes a second, so it must not hold the write lock.
    async with analysis.job.db.reading() as session:
        summary = await _summarize_job(session, analysis, analysis.outcomes)
    for changes in summary.changes[:-1]:
        # Each step of its own, so that none of them holds the write lock for long. They are right only once
        # the job ends; if it does not, the next job that lists the URLs corrects them.
        async with analysis.job.db.transaction() as session:
            await job_changes.record_changes(session, analysis.job.job_id, changes)
    async with analysis.job.db.transaction() as session:
        if await jobs.is_cancelled(session, analysis.job.job_id):
            return Verdict.CANCELLED
        await _record_ending(session, analysis, summary)
    return await _pack_superseded(analysis, summary)


async def _finish_small_job(analysis: Analysis) -> Verdict:
    job, last = analysis.job, analysis.last
    start = time.monotonic()
    async with job.db.transaction(is_brief=True) as session:
        if await jobs.is_cancelled(session, job.job_id):
            return Verdict.CANCELLED
        recorded = await sitemap_rows.record_sitemaps(session, job.settings.tenant, job.job_id, last)
        seconds = time.monotonic() - start
        outcomes = [*analysis.outcomes, *(each.outcome for each in recorded)]
        summary = await _summarize_job(session, analysis, outcomes)
        await _record_ending(session, analysis, summary)
    group_recording.report_recorded(analysis, last, recorded, seconds)
    return await _pack_superseded(analysis, summary)


async def _pack_superseded(analysis: Analysis, summary: Summary) -> Verdict:
    if summary.has_superseded:
        await packing.pack_superseded(analysis.job.db, analysis.job.job_id)
    return summary.verdict


def _is_small(analysis: Analysis) -> bool:
    """Return whether a job and those that it is compared with have so few URLs that summing up is quick."""
    known = analysis.cache.urls
    if known is None:
        return False
    last = sum(each.document.facts.urls for each in analysis.last if each.document is not None)
    return known + last + sum(each.urls for each in analysis.outcomes) <= SMALL_JOB


async def _summarize_job(session: Session, analysis: Analysis, outcomes: Sequence[UrlOutcome]) -> Summary:
    crawl, job_id = analysis.crawl, analysis.job.job_id
    verdict = decide_verdict([*crawl.outcomes, *outcomes], crawl.limits_reached)
    now, is_complete = dt.datetime.now(dt.UTC), verdict is Verdict.OK
    rows = await job_sitemaps.load_job_sitemaps(session, job_id)
    job = analysis.job
    compared = await job_history.load_compared_jobs(
        session, job_id, job.settings.tenant, job.domain_id, job.target
    )
    changes = await job_changes.find_changes(session, rows, compared) if is_complete else None
    counts = None if changes is None else changes.url_counts
    totals = await job_totals.compute_totals(
        session, rows, now, compared, changes=counts, is_complete=is_complete
    )
    if changes is not None:
        totals = replace(totals, changes=changes.build_counts())
    judged = await findings.judge_job(session, job_id, rows, crawl.robots_files)
    sections = await missing_sections.count_missing_sections(session, rows)
    parts = () if changes is None else changes.split()
    # What the previous job changed, the one before it has superseded.
    previous = compared.complete
    has_superseded = is_complete and previous is not None and previous.changes is not None
    return Summary(outcomes, verdict, totals, judged, sections, parts, has_superseded)


async def _record_ending(session: Session, analysis: Analysis, summary: Summary) -> None:
    job, crawl, outcomes = analysis.job, analysis.crawl, summary.outcomes
    verdict, outside = summary.verdict, _describe_outside(summary.totals)
    why = job_explanation.explain_verdict(verdict, outcomes, crawl.outcomes, crawl.limits_reached, outside)
    if job.lacks_login:
        every = [*crawl.outcomes, *outcomes]
        why = job_explanation.explain_missing_login(why, every, job.target.urls)
    status = STATUS_BY_VERDICT.get(verdict, Status.FAILED)
    sources = discovery_report.build_sources(crawl.outcomes)
    ending = jobs.Ending(status, verdict, why, analysis.stopwatch.ms, sources)
    await jobs.record_ending(session, job.job_id, ending, summary.totals)
    await robots_files.record_robots_files(session, job.settings.tenant, job.job_id, crawl.robots_files)
    await recorded_findings.record_findings(session, job.job_id, summary.findings)
    await missing_sections.record_sections(session, summary.sections)
    for changes in summary.changes[-1:]:
        await job_changes.record_changes(session, job.job_id, changes)


def _describe_outside(totals: Totals) -> str | None:
    """Return what a site lists if nothing of it is in the part that the job is about."""
    if totals.urls or not totals.all_urls:
        return None
    return f"none of the {totals.all_urls:,} URLs of the site is below {totals.scope}"
