"""Domains as ``domains list`` and ``domains show`` print them: each with its last job that ended."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl.targets import parse_target
from sitemap_cli.errors import UsageError
from sitemap_cli.model.results import DomainResult, FindingCounts, RequestPreferences
from sitemap_cli.model.values import UNENDED, Status
from sitemap_cli.services.catalog.domain_catalog import find_domain_id, has_tags, match_names
from sitemap_cli.services.checking.findings import count_by_job
from sitemap_cli.services.reporting.job_result import find_change, format_time, to_verdict
from sitemap_cli.storage.models import Domain, Job, Tag

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
        found += await _build_results(session, rows)
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
    of_job = (Job.status, Job.verdict, Job.urls, Job.finished_at)
    of_change = (Job.compared_with, Job.new_urls, Job.removed_urls)
    query = select(page, *of_job, *of_change).outerjoin_from(page, Job, Job.id == page.c.job_id)
    return (await session.execute(query.order_by(page.c.name))).all()


def _select_last(tenant: str, *conditions: ColumnElement[bool]) -> ScalarSelect[str]:
    """Return a subquery of the last job of a domain that ended: jobs are read from the newest on."""
    ended = (Job.tenant == tenant, Job.domain_id == Domain.id, ~Job.is_local, Job.status.not_in(UNENDED))
    query = select(Job.id).where(*ended, *conditions).correlate(Domain)
    return query.order_by(Job.id.desc()).limit(1).scalar_subquery()


async def _build_results(session: AsyncSession, rows: Sequence[Row[Any]]) -> list[DomainResult]:
    tags = await _load_tags(session, [row.id for row in rows])
    findings = await count_by_job(session, [row.job_id for row in rows if row.job_id])
    return [_build_result(row, tags.get(row.id, []), findings.get(row.job_id)) for row in rows]


async def _load_tags(session: AsyncSession, domain_ids: Collection[int]) -> Mapping[int, list[str]]:
    # Sorted here: to sort them, SQLite would read the tags of all domains from an index.
    query = select(Tag.domain_id, Tag.tag).where(Tag.domain_id.in_(domain_ids))
    tags_by_domain = defaultdict[int, list[str]](list)
    for domain_id, tag in sorted((await session.execute(query)).tuples()):
        tags_by_domain[domain_id].append(tag)
    return tags_by_domain


def _build_result(row: Row[Any], tags: Sequence[str], findings: FindingCounts | None) -> DomainResult:
    has_job = row.job_id is not None
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
        change=find_change(row.status, row.compared_with, row.new_urls, row.removed_urls),
        findings=(findings or FindingCounts(0, 0, 0)) if has_job else None,
        finished_at=format_time(row.finished_at),
    )
