"""Put together what a report of a group of sites says: the rules run over the job of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from msgspec import structs

from sitemap_cli.errors import NotFoundError
from sitemap_cli.model.site_report import GroupReport, GroupRow, GroupRule, ReportFinding, ReportFix
from sitemap_cli.model.values import Severity
from sitemap_cli.progress import BatchProgress
from sitemap_cli.services.reporting import job_result
from sitemap_cli.services.reporting.group_rows import SiteGroup
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks.site_reporting import ReportOptions, conclude, count_rules

MAX_FIRST = 3
MAX_DOMAINS = 20
MAX_FIXES = 10


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
    found = dict[str, _FoundRule]()
    wanted, rows = set(group.job_ids), list[GroupRow]()
    for row in group.rows:
        if not options.checks_rules or row.job_id not in wanted or row.job_id is None:
            rows.append(row)
            continue
        progress.begin_site(row.domain)
        try:
            findings, first = await _check(db, tenant, row.job_id, options)
        except NotFoundError:
            rows.append(row)
        else:
            rows.append(structs.replace(row, counts=count_rules(findings), first=first))
            for each in findings:
                found.setdefault(each.rule, _FoundRule(each, each.severity)).add(row.domain, each)
        progress.count_verdict(row.verdict)
        progress.end_site(row.domain)
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


async def _check(
    db: Database, tenant: str, job_id: str, options: ReportOptions
) -> tuple[Sequence[ReportFinding], list[str]]:
    """Return what the rules found in one job, and what to fix first.

    Raises:
        NotFoundError: the job was removed.
    """
    async with db.reading() as session:
        result = await job_result.load_job_result(session, tenant, job_id)
    concluded = await conclude(db, tenant, result, options)
    return concluded.findings, list(concluded.first[:MAX_FIRST])
