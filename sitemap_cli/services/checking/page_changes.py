"""Compare probed pages with previous jobs."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.probed_pages import PageFact, UnchangedPeriod
from sitemap_cli.crawl.pages.probed_page import LISTED, REMOVED
from sitemap_cli.model.values import Acceptance, Status
from sitemap_cli.services.checking import site_facts
from sitemap_cli.services.checking.fact import FactSource, fact
from sitemap_cli.services.checking.job_records import ReferenceJob
from sitemap_cli.services.checking.page_facts import build_page_fact, map_sitemap_urls, select_probes
from sitemap_cli.services.recording import job_history, job_sitemaps
from sitemap_cli.services.shared.url_keys import find_other_spellings
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.models import Job, Probe, entries

MAX_JOBS = 500
MAX_BAD = 500
"""Maximum number of pages to look up in the previous job, whose URLs have no index."""

_ENTRY = entries.c


@fact("changed_pages")
async def gather_changed_pages(session: AsyncSession, source: FactSource) -> tuple[PageFact, ...]:
    """Return pages that only the compared job listed, and faulty pages that only this job lists."""
    job, site = source.job, source.site
    if job.sample is None:
        return ()
    sitemaps = map_sitemap_urls(site)
    removed = await session.execute(select_probes(job.id).where(Probe.role == REMOVED).order_by(Probe.loc))
    bad = or_(Probe.status_code.is_distinct_from(200), Probe.hops.is_not(None), Probe.error.is_not(None))
    query = select_probes(job.id).where(Probe.role == LISTED, bad).order_by(Probe.document_id, Probe.position)
    rows = (await session.execute(query.limit(MAX_BAD))).all()
    new = await _find_new_urls(session, source.reference, {row.loc for row in rows})
    return tuple(
        build_page_fact(row, sitemaps) for row in (*removed, *(row for row in rows if row.loc in new))
    )


@fact("unchanged_period")
async def gather_unchanged_period(session: AsyncSession, source: FactSource) -> UnchangedPeriod | None:
    """Return the period in which all jobs read the same documents although the home page changed.

    None if the home page did not change.
    """
    job = source.job
    if job.sample is None:
        return None
    now = set(await job_sitemaps.count_entries_by_document(session, job.id))
    since, unchanged = site_facts.to_timestamp(job.started_at), [job.id]
    for previous in await _load_previous_complete_jobs(session, job):
        if set(await job_sitemaps.count_entries_by_document(session, previous.id)) != now:
            break
        since = site_facts.to_timestamp(previous.started_at)
        unchanged.append(previous.id)
    changed = (
        select(Probe.key)
        .where(Probe.job_id.in_(unchanged), Probe.text_digest.is_not(None))
        .group_by(Probe.key)
        .having(func.count(Probe.text_digest.distinct()) > 1)
        .limit(1)
    )
    has_changed = len(unchanged) > 1 and (await session.execute(changed)).first() is not None
    return UnchangedPeriod(since, len(unchanged)) if has_changed else None


async def _load_previous_complete_jobs(session: AsyncSession, job: Job) -> list[Row[str, Any]]:
    """Return older complete jobs over the same target that no check refused, newest first."""
    query = job_history.select_previous_jobs(job, Job.id, Job.started_at).where(
        Job.status == Status.COMPLETED, Job.gate.is_distinct_from(Acceptance.REFUSED)
    )
    return list((await session.execute(query.limit(MAX_JOBS))).all())


async def _find_new_urls(
    session: AsyncSession, previous: ReferenceJob | None, locs: Collection[str]
) -> set[str]:
    """Return those URLs that the job that a check compares with did not list; none without such a job."""
    if previous is None or not locs:
        return set()
    then = sorted(await job_sitemaps.count_entries_by_document(session, previous.job.id))
    query = select(_ENTRY.loc).where(_ENTRY.document_id.in_(bind_ids("then")), _ENTRY.loc.in_(sorted(locs)))
    new = set(locs) - set(await session.scalars(query, {"then": then}))
    return new - (await find_other_spellings(session, then, new)).keys()
