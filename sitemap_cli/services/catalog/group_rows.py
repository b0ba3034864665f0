"""The sites of a group: those of a batch, or those with some tags, each with its job."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import UsageError
from sitemap_cli.model.results import Comparison, FailureGroup
from sitemap_cli.model.site_report import GroupRow
from sitemap_cli.model.values import UNENDED, UNFINISHED, Status
from sitemap_cli.services.catalog.batches import find_batch
from sitemap_cli.services.catalog.domain_catalog import has_tags
from sitemap_cli.services.recording.job_choice import WHOLE_SITE
from sitemap_cli.services.reporting.batch_report import (
    FAILING,
    JOBS_PER_QUERY,
    EndedJob,
    group_failures,
    list_ended_jobs,
    list_job_ids,
)
from sitemap_cli.services.reporting.job_result import format_time, to_verdict
from sitemap_cli.storage.models import Domain, Job, Tag

_ORDER = list(Comparison)


@dataclass(frozen=True, slots=True)
class SiteGroup:
    """A group of sites: its name, the rows of its sites, and what they add up to.

    ``job_ids`` are the jobs that ended, those of the rows. A batch has an id and times.
    """

    name: str
    rows: Sequence[GroupRow]
    failures: Sequence[FailureGroup]
    job_ids: Sequence[str] = ()
    batch_id: str | None = None
    started_at: str | None = None
    finished_at: str | None = None
    verdicts: Mapping[str, int] = field(default_factory=dict)
    comparisons: Mapping[Comparison, int] = field(default_factory=dict)


async def load_batch_group(session: AsyncSession, tenant: str, prefix: str) -> SiteGroup:
    """Return the sites of a batch.

    Raises:
        NotFoundError: there is no such batch.
    """
    batch = await find_batch(session, tenant, prefix)
    jobs = await _load_jobs(session, await list_job_ids(session, batch.id))
    tags = await _load_tags(session, tenant, {each.domain for each in jobs})
    return _build_group(
        # A report may be published, and the folders of this machine are not.
        PurePath(batch.source).name or batch.source,
        jobs,
        [],
        tags,
        batch_id=batch.id,
        started_at=format_time(batch.created_at),
        finished_at=format_time(batch.finished_at),
    )


async def load_tagged_group(session: AsyncSession, tenant: str, tags: Sequence[str]) -> SiteGroup:
    """Return the sites that have all of some tags, each with its last job over the whole site that ended.

    Raises:
        UsageError: no domain has them.
    """
    newest = (
        select(Job.id)
        .where(Job.tenant == tenant, Job.domain_id == Domain.id, ~Job.is_local, Job.history == WHOLE_SITE)
        .where(Job.status.not_in(UNENDED))
        .order_by(Job.id.desc())
        .limit(1)
        .correlate(Domain)
        .scalar_subquery()
    )
    query = select(Domain.name, newest).where(Domain.tenant == tenant, *has_tags(tags)).order_by(Domain.name)
    found = [(name, job_id) for name, job_id in await session.execute(query)]
    if not found:
        what = "no domain has this tag" if len(tags) == 1 else "no domain has all of these tags"
        raise UsageError(what, where=", ".join(tags), hint="sitemap domains list shows tags")
    jobs = await _load_jobs(session, [job_id for _, job_id in found if job_id is not None])
    named = await _load_tags(session, tenant, {name for name, _ in found})
    return _build_group(", ".join(tags), jobs, [name for name, job_id in found if job_id is None], named)


async def _load_jobs(session: AsyncSession, job_ids: Sequence[str]) -> list[EndedJob]:
    jobs = list[EndedJob]()
    for first in range(0, len(job_ids), JOBS_PER_QUERY):
        jobs += await list_ended_jobs(session, Job.id.in_(job_ids[first : first + JOBS_PER_QUERY]))
    return jobs


async def _load_tags(session: AsyncSession, tenant: str, domains: set[str]) -> Mapping[str, list[str]]:
    """Return the tags of domains, in alphabetical order."""
    query = select(Domain.name, Tag.tag).join(Tag, Tag.domain_id == Domain.id).where(Domain.tenant == tenant)
    found = defaultdict[str, list[str]](list)
    for name, tag in await session.execute(query.order_by(Domain.name, Tag.tag)):
        if name in domains:
            found[name].append(tag)
    return found


def _build_group(
    name: str,
    jobs: Sequence[EndedJob],
    without_job: Sequence[str],
    tags: Mapping[str, list[str]],
    *,
    batch_id: str | None = None,
    started_at: str | None = None,
    finished_at: str | None = None,
) -> SiteGroup:
    rows = [_build_row(each, tags.get(each.domain, [])) for each in jobs]
    rows += [_build_empty_row(each, tags.get(each, [])) for each in without_job]
    ended = [each for each in jobs if each.status not in UNFINISHED]
    failed = [
        (each, each.comparison)
        for each in ended
        if each.comparison in FAILING or each.status == Status.CANCELLED
    ]
    compared = Counter(each.comparison for each in rows if each.comparison is not None)
    return SiteGroup(
        name,
        sorted(rows, key=_rank_row),
        group_failures(failed),
        [each.job_id for each in ended],
        batch_id,
        started_at,
        finished_at,
        dict(Counter(each.verdict or each.status or "not-analyzed" for each in rows).most_common()),
        {each: compared[each] for each in Comparison if compared[each]},
    )


def _rank_row(row: GroupRow) -> tuple[int, str]:
    """Return the place of a row: newly failing and worse sites come first."""
    return len(_ORDER) if row.comparison is None else _ORDER.index(row.comparison), row.domain


def _build_row(job: EndedJob, tags: list[str]) -> GroupRow:
    is_compared = job.compared_with is not None
    return GroupRow(
        domain=job.domain,
        job_id=job.job_id,
        status=Status(job.status),
        verdict=to_verdict(job.verdict),
        error=job.error,
        finished_at=format_time(job.finished_at),
        sitemaps=job.sitemaps,
        urls=job.urls,
        added=job.new_urls if is_compared else None,
        removed=job.removed_urls if is_compared else None,
        comparison=job.comparison,
        previous_verdict=to_verdict(job.previous_verdict),
        counts=None,
        first=[],
        tags=tags,
    )


def _build_empty_row(domain: str, tags: list[str]) -> GroupRow:
    return GroupRow(
        *(domain, None, None, None, None, None, 0, 0, None, None, None, None),
        counts=None,
        first=[],
        tags=tags,
    )


def find_newest(group: SiteGroup) -> str:
    """Return when the newest of the jobs ended, or when the batch was left."""
    times = [each.finished_at for each in group.rows]
    epoch = format_time(dt.datetime.fromtimestamp(0, dt.UTC)) or ""
    return max((each for each in (*times, group.finished_at, group.started_at) if each), default=epoch)
