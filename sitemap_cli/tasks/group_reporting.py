"""Put together what a report of a group of sites says: the rules run over the job of each."""

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import structs

from sitemap_cli.aio import pick_first
from sitemap_cli.errors import NotFoundError
from sitemap_cli.model.site_report import GroupReport, GroupRow, GroupRule, ReportFinding, ReportFix
from sitemap_cli.model.values import Severity
from sitemap_cli.progress import BatchProgress
from sitemap_cli.services.catalog.group_rows import SiteGroup
from sitemap_cli.services.checking.job_records import JobRecord
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks.check import CheckedJob
from sitemap_cli.tasks.site_reporting import (
    Conclusions,
    ReportOptions,
    conclude,
    conclude_checked,
    count_rules,
)
from sitemap_cli.tasks.small_checks import MAX_JOBS, check_small_jobs

MAX_FIRST = 3
MAX_DOMAINS = 20
MAX_FIXES = 10
AT_ONCE = 4
"""Larger jobs that are checked at the same time."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _CheckedSite:
    """What the rules found in one site, None if its job was removed, and what to fix first."""

    domain: str
    findings: Sequence[ReportFinding] | None
    first: Sequence[str] = ()


@dataclass(slots=True)
class _FoundRule:
    """What one rule found in the sites so far; without their places, which would fill the memory."""

    finding: ReportFinding
    severity: Severity
    fixes: dict[ReportFix, None] = field(default_factory=dict)
    places: int = 0
    places_by_domain: dict[str, int] = field(default_factory=dict)

    def add(self, domain: str, finding: ReportFinding) -> None:
        """Add what it found in one site."""
        self.severity = min(self.severity, finding.severity, key=lambda each: each.rank)
        self.places += finding.places
        self.places_by_domain[domain] = self.places_by_domain.get(domain, 0) + finding.places
        if len(self.fixes) < MAX_FIXES:
            self.fixes |= dict.fromkeys(finding.fixes)

    def build(self) -> GroupRule:
        """Return the rule with the sites that have the most places."""
        ranked = sorted(self.places_by_domain.items(), key=lambda each: (-each[1], each[0]))
        return GroupRule(
            rule=self.finding.rule,
            name=self.finding.name,
            severity=self.severity,
            summary=self.finding.summary,
            fixes=list(self.fixes)[:MAX_FIXES],
            link=self.finding.link,
            sites=len(ranked),
            places=self.places,
            domains=[domain for domain, _ in ranked[:MAX_DOMAINS]],
        )


async def build_group_report(
    db: Database, tenant: str, group: SiteGroup, options: ReportOptions, progress: BatchProgress
) -> GroupReport:
    """Return the report of a group of sites; ``progress`` counts those whose rules were run.

    A job that was removed meanwhile keeps its row, without findings.
    """
    found, rows = dict[str, _FoundRule](), list[GroupRow]()
    wanted = set(group.job_ids) if options.checks_rules else set[str]()
    for first in range(0, len(group.rows), MAX_JOBS):
        some = group.rows[first : first + MAX_JOBS]
        checked = await _check_sites(
            db, tenant, [each for each in some if each.job_id in wanted], options, progress
        )
        for row in some:
            one = checked.get(row.domain)
            if one is None or one.findings is None:
                rows.append(row)
                continue
            rows.append(structs.replace(row, counts=count_rules(one.findings), first=list(one.first)))
            for each in one.findings:
                found.setdefault(each.rule, _FoundRule(each, each.severity)).add(row.domain, each)
    rules = [each.build() for each in found.values()]
    rules.sort(key=lambda each: (each.severity.rank, -each.sites, -each.places, each.rule))
    return GroupReport(
        name=group.name,
        batch_id=group.batch_id,
        started_at=group.started_at,
        finished_at=group.finished_at,
        sites=len(rows),
        urls=sum(each.urls for each in rows),
        verdicts=dict(group.verdicts),
        comparisons=dict(group.comparisons),
        failures=list(group.failures),
        rules=rules,
        rows=rows,
    )


async def _check_sites(
    db: Database, tenant: str, rows: Sequence[GroupRow], options: ReportOptions, progress: BatchProgress
) -> Mapping[str, _CheckedSite]:
    """Return what the rules found in some sites, by domain: small ones together, then the others."""
    by_job = {each.job_id: each for each in rows if each.job_id is not None}
    checked = dict[str, _CheckedSite]()

    def keep(record: JobRecord, job: CheckedJob) -> None:
        row = by_job.pop(record.job.id)
        checked[row.domain] = _describe(row, conclude_checked(job, options))
        progress.count_verdict(row.verdict)

    if options.checks_rules:
        await check_small_jobs(db, tenant, list(by_job), options.check, keep)
    others = list(by_job.values())
    for first in range(0, len(others), AT_ONCE):
        checks = [_check(db, tenant, each, options, progress) for each in others[first : first + AT_ONCE]]
        checked |= {each.domain: each for each in await _run_together(checks)}
    return checked


def _describe(row: GroupRow, concluded: Conclusions) -> _CheckedSite:
    return _CheckedSite(row.domain, concluded.findings, concluded.first[:MAX_FIRST])


async def _run_together(checks: Sequence[Coroutine[Any, Any, _CheckedSite]]) -> list[_CheckedSite]:
    """Return the results of checks that run at once: one computes while the database reads for others.

    Raises:
        SitemapError: the first that failed.
    """
    try:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(each) for each in checks]
    except ExceptionGroup as failed:
        raise pick_first(failed, log) from failed
    return [each.result() for each in running]


async def _check(
    db: Database, tenant: str, row: GroupRow, options: ReportOptions, progress: BatchProgress
) -> _CheckedSite:
    """Return what the rules found in the job of a site, and what to fix first."""
    progress.begin_site(row.domain)
    try:
        concluded = await conclude(db, tenant, row.job_id or "", options)
    except NotFoundError:
        return _CheckedSite(row.domain, None)
    finally:
        progress.count_verdict(row.verdict)
        progress.end_site(row.domain)
    return _describe(row, concluded)
