"""Load what jobs recorded besides their entries, for a check: many small jobs share the statements."""

import datetime as dt
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.model.results import FindingCounts
from sitemap_cli.services.checking import site_facts
from sitemap_cli.services.checking.known_probes import (
    KnownProbes,
    find_known_probes,
    find_probed_domains,
)
from sitemap_cli.services.checking.site_facts import ParsedRobots
from sitemap_cli.services.recording import job_history, jobs, recorded_findings
from sitemap_cli.services.recording.job_history import EarlierJobs
from sitemap_cli.services.recording.jobs import JobWithDomain
from sitemap_cli.services.recording.robots_files import RecordedRobots, load_robots_by_job
from sitemap_cli.services.shared.section_counts import count_sections_by_job
from sitemap_cli.spool import Spool
from sitemap_cli.storage import models
from sitemap_cli.storage.models import Job

CENTURY = 100 * 365 * 86_400
COMPARING = frozenset({"previous_job", "lost_urls"})
"""Facts for which more is loaded of the job that a check compares with than its row."""

_ROW, _DOCUMENT = (models.table_of(each).c for each in (models.Sitemap, models.Document))
_LISTED = (
    select(_ROW.job_id, _ROW.url, _ROW.document_id, _ROW.urls)
    .where(_ROW.job_id.in_(bindparam("jobs", expanding=True)))
    .order_by(_ROW.id)
)
_PACKED = (
    select(_ROW.job_id)
    .distinct()
    .join(models.table_of(models.Document), _DOCUMENT.id == _ROW.document_id)
    .where(_ROW.job_id.in_(bindparam("jobs", expanding=True)), _DOCUMENT.is_packed)
)

SectionCounts = Mapping[str, int] | None
"""The numbers of URLs by section; None if they are not known."""


class ListedSitemap(NamedTuple):
    """A sitemap of the job that a check compares with."""

    url: str
    document_id: int | None
    urls: int


@dataclass(frozen=True, slots=True)
class ReferenceJob:
    """The job that a check compares with; what it recorded is only loaded if a rule needs it."""

    job: Job
    sitemaps: Sequence[ListedSitemap] = ()
    robots: Sequence[ParsedRobots] = ()
    sections: SectionCounts = None


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job with what it recorded besides its entries.

    Attributes:
        job: its row.
        domain: the name of its domain.
        sitemaps: the facts of its sitemaps.
        robots: its robots.txt files.
        probes: the probes of other jobs over its pages.
        counts: the numbers of the findings that were recorded when it ended.
        sections: its URLs by section.
        before: those of the previous complete job.
        reference: the job that a check compares with.
        is_packed: whether some of its documents are packed, or of those of ``reference``.
    """

    job: Job
    domain: str
    sitemaps: Sequence[SitemapFact] = ()
    robots: Sequence[ParsedRobots] = ()
    probes: KnownProbes = field(default_factory=KnownProbes)
    counts: FindingCounts = field(default_factory=lambda: FindingCounts(0, 0, 0))
    sections: SectionCounts = None
    before: SectionCounts = None
    reference: ReferenceJob | None = None
    is_packed: bool = False


@dataclass(frozen=True, slots=True)
class RecordOptions:
    """What to load of jobs.

    ``places`` is the number of places of each problem, or all if there is a ``spool`` for them. Probes of
    other jobs may have an age of ``probe_age`` seconds. ``needs`` are the facts that the rules need.
    """

    places: int = 1
    spool: Spool | None = None
    probe_age: float = 0.0
    needs: Collection[str] = COMPARING


async def load_records(
    session: AsyncSession, found: Sequence[JobWithDomain], options: RecordOptions
) -> list[JobRecord]:
    """Return what some hundred jobs of one tenant recorded, in their order."""
    ids = [each.job.id for each in found]
    earlier = await job_history.find_earlier_jobs(session, ids)
    references = await _load_references(session, ids, earlier, options)
    compared = [each.job.id for each in references.values()]
    packed = set(await session.scalars(_PACKED, {"jobs": [*ids, *compared]}))
    sitemaps = await site_facts.load_sitemap_facts_by_job(
        session, ids, places=options.places, spool=options.spool
    )
    robots = await load_robots_by_job(session, ids)
    shown = options.places if options.spool is None else sys.maxsize
    probes = await _find_probes(session, found, options.probe_age)
    counts = await recorded_findings.count_by_job(session, ids)
    complete = {each.complete for each in earlier.values() if each.complete is not None}
    sections = await count_sections_by_job(session, {*ids, *complete})
    return [
        JobRecord(
            job,
            domain,
            tuple(sitemaps.get(job.id, ())),
            site_facts.build_robots_facts(robots.get(job.id, ()), places=shown),
            probes.get(job.id, KnownProbes()),
            counts.get(job.id, FindingCounts(0, 0, 0)),
            sections[job.id],
            sections.get(earlier[job.id].complete or ""),
            references.get(job.id),
            job.id in packed or (job.id in references and references[job.id].job.id in packed),
        )
        for job, domain in found
    ]


async def _load_references(
    session: AsyncSession,
    ids: Sequence[str],
    earlier: Mapping[str, EarlierJobs],
    options: RecordOptions,
) -> dict[str, ReferenceJob]:
    """Return the jobs that a check compares some jobs with, by the ids of these."""
    wanted = {each.reference for each in earlier.values() if each.reference is not None}
    if not wanted:
        return {}
    by_id = {job.id: job for job in await session.scalars(select(Job).where(Job.id.in_(sorted(wanted))))}
    listed = dict[str, list[ListedSitemap]]()
    robots: Mapping[str, Sequence[RecordedRobots]] = {}
    sections: Mapping[str, SectionCounts] = {}
    if not COMPARING.isdisjoint(options.needs):
        for job_id, *sitemap in await session.execute(_LISTED, {"jobs": sorted(by_id)}):
            listed.setdefault(job_id, []).append(ListedSitemap(*sitemap))
        robots = await load_robots_by_job(session, sorted(by_id))
        sections = await count_sections_by_job(session, by_id)
    return {
        each: ReferenceJob(
            by_id[reference],
            listed.get(reference, ()),
            site_facts.build_robots_facts(robots.get(reference, ())),
            sections.get(reference),
        )
        for each in ids
        if (reference := earlier[each].reference) is not None and reference in by_id
    }


async def _find_probes(
    session: AsyncSession, found: Sequence[JobWithDomain], age: float
) -> dict[str, KnownProbes]:
    """Return the probes of other jobs over the pages of some jobs of one tenant."""
    # A century is enough, and a date before the year 1 cannot be represented.
    since = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=min(age, CENTURY))
    if not found:
        return {}
    domains = {each.job.domain_id for each in found}
    probed = await find_probed_domains(session, found[0].job.tenant, domains)
    return {
        job.id: await find_known_probes(session, job, since) for job, _ in found if job.domain_id in probed
    }


async def load_record(session: AsyncSession, tenant: str, job_id: str, options: RecordOptions) -> JobRecord:
    """Return what one job recorded.

    Raises:
        NotFoundError: the job does not exist.
    """
    return (await load_records(session, [await jobs.find_job(session, tenant, job_id)], options))[0]
