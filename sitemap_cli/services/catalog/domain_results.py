"""Domains as ``domains list`` and ``domains show`` print them: each with its last job that ended."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from sitemap_cli.crawl.targets import parse_target
from sitemap_cli.errors import UsageError
from sitemap_cli.model.catalog_results import DomainResult, RequestPreferences
from sitemap_cli.model.results import FindingCounts
from sitemap_cli.model.values import UNENDED, Status
from sitemap_cli.services.catalog.domain_catalog import find_domain_id, has_tags, match_names
from sitemap_cli.services.recording.job_history import select_previous_id
from sitemap_cli.services.recording.recorded_findings import count_by_job
from sitemap_cli.services.reporting.job_result import count_changes, format_time, to_verdict
from sitemap_cli.services.reporting.verdict_changes import (
    JobPair,
    WorseSigns,
    compare_verdicts,
    explain_worse,
)
from sitemap_cli.storage.models import Domain, Job, Tag

NO_FINDINGS = FindingCounts(0, 0, 0)
PAGE = 500
"""Domains that are read with one statement. A build of SQLite may accept no more than 999 parameters."""


async def list_domains(
    session: AsyncSession,
    tenant: str,
    *,
    tags: Sequence[str] = (),
    verdict: str | None = None,
    match: str | None = None,
    idle_since: dt.datetime | None = None,
    worse: bool = False,
    after: str = "",
    limit: int | None = None,
) -> list[DomainResult]:
    """Return domains by name, each with its last job that ended; a local build is no job of the site.

    Args:
        session: the caller's.
        tenant: the owner of the domains.
        tags: only domains with all of these tags.
        verdict: only domains whose last job has this verdict.
        match: only domains whose name contains this.
        idle_since: only domains without a job that finished since then.
        worse: only domains that got worse; see :mod:`sitemap_cli.services.reporting.verdict_changes`.
        after: only domains whose name comes after this one.
        limit: return at most this many.
    """
    conditions = [Domain.tenant == tenant, *has_tags(tags)]
    if match is not None:
        conditions.append(await match_names(session, tenant, match))
    found = list[DomainResult]()
    while limit is None or len(found) < limit:
        page = await _load_rows(session, tenant, [*conditions, Domain.name > after])
        rows = [row for row in page if verdict is None or row.verdict == verdict]
        if idle_since is not None:
            rows = [row for row in rows if row.finished_at is None or row.finished_at < idle_since]
        results = await _build_results(session, rows)
        found += [each for each in results if each.worse] if worse else results
        if len(page) < PAGE:
            break
        after = page[-1].name
    return found[:limit]


async def load_domain(session: AsyncSession, tenant: str, name: str) -> DomainResult:
    """Return one domain of the catalog; ``name`` may be any URL of it.

    Raises:
        NotFoundError: the domain is unknown.
    """
    with suppress(UsageError):
        name = parse_target(name, local=False).domain
    domain_id = await find_domain_id(session, tenant, name)
    (result,) = await _build_results(session, await _load_rows(session, tenant, [Domain.id == domain_id]))
    return result


async def _load_rows(
    session: AsyncSession, tenant: str, conditions: Sequence[ColumnElement[bool]]
) -> Sequence[Row[Any]]:
    """Return the first domains with their last jobs.

    Jobs about a part of the site only count where there are no others. The domains are chosen before jobs are
    joined, so that no database reads all jobs.
    """
    last = func.coalesce(_select_last(tenant, Job.scope.is_(None)), _select_last(tenant))
    columns = (Domain.id, Domain.name, Domain.note, Domain.preferences, Domain.schedule, Domain.next_at)
    page = (
        select(*columns, Domain.created_at, last.label("job_id"))
        .where(*conditions)
        .order_by(Domain.name)
        .limit(PAGE)
        .subquery()
    )
    of_job = (Job.status, Job.verdict, Job.urls, Job.unique_urls, Job.finished_at)
    of_change = (Job.compared_with, Job.new_urls, Job.removed_urls, Job.changes)
    older = (
        select_previous_id(Job).label("previous"),
        select_previous_id(Job, Status.COMPLETED).label("complete"),
    )
    jobs = (
        select(page, *of_job, *of_change, *older)
        .outerjoin_from(page, Job, Job.id == page.c.job_id)
        .subquery()
    )
    previous, complete = aliased(Job), aliased(Job)
    of_older = (previous.verdict.label("previous_verdict"), complete.unique_urls.label("previous_urls"))
    query = (
        select(jobs, *of_older)
        .outerjoin_from(jobs, previous, previous.id == jobs.c.previous)
        .outerjoin(complete, complete.id == jobs.c.complete)
    )
    return (await session.execute(query.order_by(jobs.c.name))).all()


def _select_last(tenant: str, *conditions: ColumnElement[bool]) -> ScalarSelect[str]:
    """Return a subquery of the last job of a domain that ended: jobs are read from the newest on."""
    ended = (Job.tenant == tenant, Job.domain_id == Domain.id, ~Job.is_local, Job.status.not_in(UNENDED))
    query = select(Job.id).where(*ended, *conditions).correlate(Domain)
    return query.order_by(Job.id.desc()).limit(1).scalar_subquery()


async def _build_results(session: AsyncSession, rows: Sequence[Row[Any]]) -> list[DomainResult]:
    tags = await _load_tags(session, [row.id for row in rows])
    findings = await count_by_job(session, [row.job_id for row in rows if row.job_id])
    # Without errors, a job has not more of them than the previous one.
    worse = [row.previous for row in rows if row.previous and _has_errors(findings.get(row.job_id))]
    findings = {**findings, **await count_by_job(session, worse)}
    built = await _find_built(session, [row.id for row in rows if row.job_id is None])
    return [_build_result(row, tags.get(row.id, []), findings, row.id in built) for row in rows]


def _has_errors(findings: FindingCounts | None) -> bool:
    return findings is not None and findings.error > 0


async def _load_tags(session: AsyncSession, domain_ids: Collection[int]) -> Mapping[int, list[str]]:
    # Sorted here: to sort them, SQLite would read the tags of all domains from an index.
    query = select(Tag.domain_id, Tag.tag).where(Tag.domain_id.in_(domain_ids))
    tags_by_domain = defaultdict[int, list[str]](list)
    for row in sorted(await session.execute(query), key=lambda row: row.tag):
        tags_by_domain[row.domain_id].append(row.tag)
    return tags_by_domain


async def _find_built(session: AsyncSession, domain_ids: Collection[int]) -> Collection[int]:
    """Return those of some domains of which a local build was recorded."""
    if not domain_ids:
        return ()
    query = select(Job.domain_id).where(Job.domain_id.in_(domain_ids), Job.is_local)
    return set(await session.scalars(query.where(Job.status.not_in(UNENDED)).distinct()))


def _build_result(
    row: Row[Any], tags: Sequence[str], findings: Mapping[str, FindingCounts], only_builds: bool
) -> DomainResult:
    has_job = row.job_id is not None
    has_other_urls = bool(row.new_urls or row.removed_urls)
    pair = JobPair(row.status, row.verdict, row.previous is not None, row.previous_verdict, has_other_urls)
    signs = WorseSigns(
        findings.get(row.job_id, NO_FINDINGS) if has_job else None,
        findings.get(row.previous, NO_FINDINGS) if row.previous else None,
        row.unique_urls if row.status == Status.COMPLETED else None,
        row.previous_urls,
    )
    added, removed, _ = count_changes(row) if has_job else (None, None, None)
    return DomainResult(
        domain=row.name,
        tags=list(tags),
        note=row.note,
        preferences=msgspec.convert(row.preferences or {}, RequestPreferences),
        schedule=row.schedule,
        next_at=format_time(row.next_at),
        added_at=format_time(row.created_at),
        job_id=row.job_id,
        status=Status(row.status) if has_job else None,
        verdict=to_verdict(row.verdict),
        urls=row.urls,
        change=signs.change,
        change_percent=None if signs.share is None else round(100 * signs.share, 1),
        added=added,
        removed=removed,
        findings=signs.findings,
        finished_at=format_time(row.finished_at),
        comparison=compare_verdicts(pair) if has_job else None,
        previous_verdict=to_verdict(row.previous_verdict),
        worse=explain_worse(pair, signs) if has_job else None,
        only_builds=only_builds,
    )
