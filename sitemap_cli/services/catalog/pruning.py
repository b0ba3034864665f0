"""Choose the jobs that are old enough to be removed, by history: the jobs of a domain that are compared.

Domains are looked at in groups, so that neither memory nor the time of a transaction grows with the catalog.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.values import UNENDED, UNFINISHED, Acceptance, Status
from sitemap_cli.services.catalog import removal
from sitemap_cli.services.catalog.removal import RemovedRows
from sitemap_cli.services.history import histories
from sitemap_cli.services.recording.job_history import READ_STATUSES
from sitemap_cli.storage import models
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.models import Batch, Domain

DOMAINS_PER_PAGE = 500
# Jobs whose ranks one statement computes, unless a single domain has more.
JOBS_PER_GROUP = 2_000
JOBS_PER_STEP = 500

_JOBS, _SITEMAPS, _PROBES, _DOCUMENTS = (
    models.table_of(each) for each in (models.Job, models.Sitemap, models.Probe, models.Document)
)
_JOB = _JOBS.c


@dataclass(frozen=True, slots=True)
class KeepRule:
    """Which jobs of a tenant are kept: the newest ones of each history, those after a time, or both.

    A job is only removed if both allow that.
    """

    tenant: str
    keep: int | None = None
    since: dt.datetime | None = None

    @property
    def complete_jobs(self) -> int:
        """The complete jobs of each history that are kept in any case; two can be compared."""
        return 1 if self.keep == 1 else 2


@dataclass(slots=True)
class MarkedJobs:
    """The jobs that a step removed, by domain, and the domains that it skipped, as a job is running."""

    by_domain: Counter[int] = field(default_factory=Counter)
    skipped: set[int] = field(default_factory=set)


async def list_domain_page(session: AsyncSession, tenant: str, after: int) -> Sequence[int]:
    """Return the ids of some domains of a tenant, in ascending order."""
    query = select(Domain.id).where(Domain.tenant == tenant, Domain.id > after).order_by(Domain.id)
    return (await session.scalars(query.limit(DOMAINS_PER_PAGE))).all()


async def list_batch_page(session: AsyncSession, batch_id: str, after: int) -> Sequence[int]:
    """Return the ids of some domains of a batch, in ascending order."""
    query = select(_JOB.domain_id).where(_JOB.batch_id == batch_id, _JOB.domain_id > after).distinct()
    return (await session.scalars(query.order_by(_JOB.domain_id).limit(DOMAINS_PER_PAGE))).all()


async def list_domains_of_jobs(session: AsyncSession, tenant: str, job_ids: Sequence[str]) -> Sequence[int]:
    """Return the ids of the domains of some jobs, in ascending order."""
    found = set[int]()
    for page in removal.cut_into_pages(job_ids):
        query = select(_JOB.domain_id).where(_JOB.tenant == tenant, _JOB.id.in_(page))
        found.update(await session.scalars(query))
    return sorted(found)


async def group_domains(
    session: AsyncSession, rule: KeepRule, domain_ids: Sequence[int]
) -> Sequence[Sequence[int]]:
    """Return those of some domains that have more jobs than are kept in any case, in groups of few jobs."""
    query = (
        select(_JOB.domain_id, func.count())
        .where(_JOB.tenant == rule.tenant, _JOB.domain_id.in_(bind_ids("domains")))
        .group_by(_JOB.domain_id)
        .having(func.count() > (rule.keep or 1))
        .order_by(_JOB.domain_id)
    )
    groups, jobs = list[list[int]](), JOBS_PER_GROUP
    for domain_id, count in await session.execute(query, {"domains": list(domain_ids)}):
        if jobs + count > JOBS_PER_GROUP:
            groups.append([])
            jobs = 0
        groups[-1].append(domain_id)
        jobs += count
    return groups


def select_removable_jobs(rule: KeepRule) -> Select[Any]:
    """Return a SELECT of the jobs that a rule removes, of the domains in the parameter ``domains``.

    Jobs that have not ended are never removed. Of each history these are kept: the last job, the last one
    that read something, the last complete ones, and what ``check --max-drop`` compares with: the last
    complete jobs that were accepted, or without those the last ones that were not judged.
    """
    is_complete = _JOB.status == Status.COMPLETED
    is_accepted = and_(is_complete, _JOB.gate.in_((Acceptance.PASSED, Acceptance.ACCEPTED)))
    kinds = {
        "ended": _JOB.status.not_in(UNENDED),
        "read": _JOB.status.in_(READ_STATUSES),
        "complete": is_complete,
        "accepted": is_accepted,
        "unjudged": and_(is_complete, _JOB.gate.is_(None)),
    }
    same = (_JOB.domain_id, _JOB.history, _JOB.is_local)
    flags = {name: case((kind, 1), else_=0) for name, kind in kinds.items()}
    # For a job of a kind, the number of those that are not older is its rank among them.
    ranks = [
        func.sum(flag).over(partition_by=same, order_by=_JOB.id.desc(), rows=(None, 0)).label(f"{name}_rank")
        for name, flag in flags.items()
    ]
    all_accepted = func.sum(flags["accepted"]).over(partition_by=same).label("all_accepted")
    time = func.coalesce(_JOB.finished_at, _JOB.created_at, type_=_JOB.created_at.type).label("time")
    named = [flag.label(name) for name, flag in flags.items()]
    columns = (_JOB.id, *same, _JOB.batch_id, time, *named, *ranks, all_accepted)
    jobs = (
        select(*columns)
        .where(_JOB.tenant == rule.tenant, _JOB.domain_id.in_(bind_ids("domains")))
        .subquery("ranked")
        .c
    )
    limit = rule.complete_jobs

    def is_among(name: str, count: int) -> ColumnElement[bool]:
        return and_(jobs[name] == 1, jobs[f"{name}_rank"] <= count)

    kept = [
        jobs.ended == 0,
        is_among("ended", rule.keep or 1),
        is_among("read", 1),
        is_among("complete", max(limit, rule.keep or 0)),
        is_among("accepted", limit),
        and_(jobs.unjudged == 1, jobs.unjudged_rank <= limit - jobs.all_accepted),
    ]
    if rule.since is not None:
        kept.append(jobs.time >= rule.since)
    return (
        select(jobs.id, jobs.domain_id, jobs.history, jobs.is_local, jobs.complete, jobs.batch_id)
        .where(~or_(*kept))
        .order_by(jobs.id)
    )


async def list_removable_domains(
    session: AsyncSession, rule: KeepRule, domain_ids: Sequence[int]
) -> Sequence[int]:
    """Return those of some domains of which a rule removes a job."""
    found = select_removable_jobs(rule).subquery("removable").c.domain_id
    query = select(found).distinct().order_by(found)
    return (await session.scalars(query, {"domains": list(domain_ids)})).all()


async def mark_removable_jobs(session: AsyncSession, rule: KeepRule, domain_ids: Sequence[int]) -> MarkedJobs:
    """Remove jobs of some domains, at most some thousand, the oldest first.

    A running job may be about to use the documents of the last jobs, so its domain is skipped. Of histories
    whose first job is removed, the beginning is recorded.
    """
    idle = await _lock_idle_domains(session, rule.tenant, domain_ids)
    done = MarkedJobs(skipped=set(domain_ids) - idle)
    query, parameters = select_removable_jobs(rule).limit(JOBS_PER_STEP), {"domains": sorted(idle)}
    found = (await session.execute(query, parameters)).all()
    if found and session.get_bind().dialect.name != "sqlite":
        # Another transaction may have accepted one of the jobs since: it is visible, or its row is locked.
        locked = await _lock_jobs(session, [row.id for row in found])
        found = [row for row in (await session.execute(query, parameters)).all() if row.id in locked]
    if found:
        begun = {(row.domain_id, row.history, row.is_local) for row in found if row.complete}
        await histories.ensure_histories(session, rule.tenant, begun)
        await removal.mark_jobs_removed(session, [row.id for row in found])
        await _delete_empty_batches(session, {row.batch_id for row in found if row.batch_id is not None})
    done.by_domain.update(row.domain_id for row in found)
    return done


async def estimate_group(
    session: AsyncSession, rule: KeepRule, domain_ids: Sequence[int]
) -> dict[int, RemovedRows]:
    """Return what a rule would remove of some domains, by the id of the domain.

    Documents that are used by other domains count as kept.
    """
    parameters = {"domains": list(domain_ids)}
    removable = select_removable_jobs(rule).subquery("removable")
    found = defaultdict[int, RemovedRows](RemovedRows)
    count = select(removable.c.domain_id, func.count()).group_by(removable.c.domain_id)
    for domain_id, jobs in await session.execute(count, parameters):
        found[domain_id].jobs = jobs
        found[domain_id].bytes = jobs * removal.JOB_BYTES
    of_jobs = select(removable.c.domain_id, _SITEMAPS.c.document_id, func.count())
    of_jobs = of_jobs.join(_SITEMAPS, _SITEMAPS.c.job_id == removable.c.id)
    of_jobs = of_jobs.group_by(removable.c.domain_id, _SITEMAPS.c.document_id)
    owners = dict[int, int]()
    for domain_id, document, sitemaps in await session.execute(of_jobs, parameters) if found else ():
        found[domain_id].bytes += sitemaps * removal.SITEMAP_BYTES
        if document is not None:
            owners.setdefault(document, domain_id)
    for page in removal.cut_into_pages(sorted(owners)):
        for document, urls, size in await session.execute(
            _select_unused(removable.select().with_only_columns(removable.c.id)),
            {**parameters, "documents": page},
        ):
            found[owners[document]].add(RemovedRows(documents=1, urls=urls, bytes=int(size)))
    return dict(found)


async def estimate_pruning(session: AsyncSession, rule: KeepRule) -> RemovedRows:
    """Return what a rule would remove of a tenant, with the documents that nothing refers to."""
    last = await removal.find_last_document(session)
    total, after = await removal.estimate_unused_documents(session, rule.tenant, 0, last), 0
    while page := await list_domain_page(session, rule.tenant, after):
        after = page[-1]
        for group in await group_domains(session, rule, page):
            for each in (await estimate_group(session, rule, group)).values():
                total.add(each)
    return total


async def load_domain_names(session: AsyncSession, domain_ids: Sequence[int]) -> dict[int, str]:
    """Return the names of domains by their ids."""
    query = select(Domain.id, Domain.name).where(Domain.id.in_(bind_ids("domains")))
    rows = await session.execute(query, {"domains": list(domain_ids)})
    return {row.id: row.name for row in rows}


def _select_unused(job_ids: Select[Any]) -> Select[Any]:
    """Return a SELECT of those documents in the parameter ``documents`` that only some jobs refer to."""
    columns = _DOCUMENTS.c
    users = (
        select(each.c.id).where(each.c.document_id == columns.id, each.c.job_id.not_in(job_ids)).exists()
        for each in (_SITEMAPS, _PROBES)
    )
    return select(columns.id, columns.urls, removal.estimate_document_bytes()).where(
        columns.id.in_(bind_ids("documents")), ~or_(*users)
    )


async def _lock_idle_domains(session: AsyncSession, tenant: str, domain_ids: Sequence[int]) -> set[int]:
    """Return those of some domains without a running job; none can start before this transaction ends.

    A job that starts either inserts a row, for which Postgres locks the row of its domain, or updates the row
    of a job that can be run. Whichever of these is locked elsewhere is skipped: its job may be starting.
    """
    locked = select(Domain.id).where(Domain.id.in_(bind_ids("domains"))).order_by(Domain.id)
    parameters = {"domains": list(domain_ids)}
    domains = set(await session.scalars(locked.with_for_update(skip_locked=True), parameters))
    failed_without_verdict = and_(_JOB.status == Status.FAILED, _JOB.verdict.is_(None))
    may_start = (
        select(_JOB.id, _JOB.domain_id, _JOB.status)
        .where(_JOB.tenant == tenant, _JOB.domain_id.in_(bind_ids("domains")))
        .where(or_(_JOB.status.in_(UNFINISHED), failed_without_verdict))
    )
    held = {row.id for row in await session.execute(may_start.with_for_update(skip_locked=True), parameters)}
    for job_id, domain_id, status in await session.execute(may_start, parameters):
        if status == Status.RUNNING or job_id not in held:
            domains.discard(domain_id)
    return domains


async def _lock_jobs(session: AsyncSession, job_ids: Sequence[str]) -> set[str]:
    """Lock those of some jobs that no other transaction has locked."""
    locked = set[str]()
    for page in removal.cut_into_pages(job_ids):
        query = select(_JOB.id).where(_JOB.id.in_(page)).order_by(_JOB.id)
        locked.update(await session.scalars(query.with_for_update(skip_locked=True)))
    return locked


async def _delete_empty_batches(session: AsyncSession, batch_ids: Collection[str]) -> None:
    """Delete those of some batches that have ended and have no job left."""
    is_empty = ~select(_JOB.id).where(_JOB.batch_id == Batch.id).exists()
    for page in removal.cut_into_pages(sorted(batch_ids)):
        ended = Batch.id.in_(page) & Batch.finished_at.is_not(None)
        await session.execute(delete(Batch).where(ended, is_empty))
