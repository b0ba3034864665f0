"""Put together what a report of one site says: each part in a reading transaction of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import UNSET, structs

from sitemap_cli.aio import run_beside
from sitemap_cli.audit.fix_order import FoundRule, choose_first, sort_by_weight
from sitemap_cli.audit.rule import Rule, Scope
from sitemap_cli.errors import ReadOnlyError
from sitemap_cli.model.history_results import LastmodTrust
from sitemap_cli.model.results import FindingCounts, JobResult, JobTotals, SitemapResult
from sitemap_cli.model.site_report import (
    LanguageMatrix,
    ProbeSection,
    ReportFinding,
    RobotsMatrix,
    SiteReport,
    UrlStructure,
)
from sitemap_cli.model.url_templates import build_structure
from sitemap_cli.model.values import Finding, Severity
from sitemap_cli.output.reported_findings import build_report_findings
from sitemap_cli.output.verdict_answer import describe_verdict
from sitemap_cli.services.checking.checks import CheckOptions
from sitemap_cli.services.reporting import (
    crawler_matrix,
    domain_history,
    job_documents,
    job_part,
    job_result,
    language_links,
    requested_pages,
    url_structure,
)
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks.check import CheckedJob, check_job, select_data_rules
from sitemap_cli.tasks.rule_descriptions import describe_rule

MAX_SITEMAPS = 5_000
MAX_FIRST = 5
MAX_JOBS = 30
"""Jobs of the history."""
PACKED = (
    "no rule was checked: the sitemaps of this old job are packed, and the database is read-only, so they"
    " cannot be unpacked"
)


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """The options of a report.

    ``list_steps`` returns what the user can do about the verdict of a job. ``docs_url`` is where the pages of
    rules are published. Without ``checks_rules`` no rule is run.
    """

    list_steps: Callable[[JobResult], Sequence[str]]
    check: CheckOptions = field(default_factory=CheckOptions)
    docs_url: str | None = None
    checks_rules: bool = True


@dataclass(frozen=True, slots=True)
class Conclusions:
    """What the rules found in a job, what to fix first, and how many rules had data."""

    findings: Sequence[ReportFinding] = ()
    first: Sequence[str] = ()
    checked: int = 0
    idle: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ListedPages:
    """What is known about the URLs that a job lists, without the findings."""

    structure: UrlStructure | None
    languages: LanguageMatrix | None
    robots: Sequence[RobotsMatrix]
    probe: ProbeSection | None
    notes: Sequence[str]


async def build_site_report(
    db: Database, tenant: str, job_id: str, scope: str | None, options: ReportOptions
) -> SiteReport:
    """Return the report of one job.

    Args:
        db: the database.
        tenant: the tenant of the job.
        job_id: the id of the job.
        scope: the path that the report is about, if the job is about more.
        options: the options of the report.

    Raises:
        NotFoundError: there is no such job.
    """
    async with db.reading() as session:
        result = await job_result.load_job_result(session, tenant, job_id, with_sections=True)
        sitemaps: Sequence[SitemapResult] = result.sitemaps
        if scope is not None:
            sitemaps = await job_part.narrow_sitemaps(session, job_id, sitemaps, scope)
    async with db.reading() as session:
        history = await domain_history.load_domain_history(
            session, tenant, job_id, MAX_JOBS, with_others=False
        )
    totals = _choose_totals(result, sitemaps, scope)
    # The database reads for one of the two while the other computes.
    async with run_beside(_load_listed(db, tenant, result, scope, totals, options)) as listing:
        found = await conclude(db, tenant, job_id, options, None if scope is None else sitemaps)
    listed = listing.result()
    notes = [*found.notes, *listed.notes]
    if scope is not None:
        notes.insert(0, f"only what lies below {scope}; the job is about {_name_whole(result)}")
    return SiteReport(
        domain=result.domain,
        target=result.target,
        build=result.build or None,
        scope=result.scope or None if scope is None else scope,
        job_id=result.job_id,
        status=result.status,
        verdict=result.verdict,
        answer=describe_verdict(result.status, result.verdict, totals.sitemaps, totals.urls),
        error=result.error,
        started_at=result.started_at,
        finished_at=result.finished_at,
        duration_ms=result.duration_ms,
        totals=totals,
        next_steps=list(options.list_steps(result)),
        counts=count_rules(found.findings),
        first=list(found.first),
        findings=list(found.findings),
        rules_checked=found.checked,
        rules_idle=len(found.idle),
        needs=list(dict.fromkeys(found.idle.values())),
        notes=notes,
        sitemaps=list(sitemaps[:MAX_SITEMAPS]),
        sitemaps_left_out=max(0, len(sitemaps) - MAX_SITEMAPS),
        sources=result.sources,
        lastmod=result.lastmod,
        lastmod_trust=_keep_judgement(history.trust),
        structure=listed.structure,
        history=list(history.jobs),
        languages=listed.languages,
        robots=list(listed.robots),
        probe=listed.probe,
    )


async def _load_listed(
    db: Database,
    tenant: str,
    result: JobResult,
    scope: str | None,
    totals: JobTotals,
    options: ReportOptions,
) -> ListedPages:
    """Return what is known about the URLs that a job lists: each part in a transaction of its own."""
    async with db.reading() as session:
        documents = await job_documents.list_listing_documents(session, result.job_id)
        urls = await url_structure.load_urls(session, documents, scope)
    total = sum(each.urls for each in documents) if scope is None else totals.urls
    sections = result.sections or None if scope is None else None
    structure = build_structure(urls, total, sections) if urls else None
    is_whole = scope is None and len(urls) == total
    async with db.reading() as session:
        languages, note = await language_links.load_languages(session, documents)
    async with db.reading() as session:
        robots = await crawler_matrix.load_crawler_matrices(
            session, result.job_id, result.domain, documents, urls if is_whole else None, result.sources
        )
    async with db.reading() as session:
        probe = await requested_pages.load_requested_pages(
            session, tenant, result.job_id, options.check.probe_age, options.check.slow
        )
    return ListedPages(structure, languages, robots, probe, [note] if note else [])


async def conclude(
    db: Database,
    tenant: str,
    job_id: str,
    options: ReportOptions,
    part: Sequence[SitemapResult] | None = None,
) -> Conclusions:
    """Run the rules over a job; with a ``part`` of its sitemaps, return only what concerns these or the site.

    Raises:
        NotFoundError: the job was removed.
    """
    if not options.checks_rules:
        return Conclusions()
    try:
        checked = await check_job(db, tenant, job_id, options.check, concludes=False)
    except ReadOnlyError:
        return Conclusions(notes=[PACKED])
    return conclude_checked(checked, options, part)


def conclude_checked(
    checked: CheckedJob, options: ReportOptions, part: Sequence[SitemapResult] | None = None
) -> Conclusions:
    """Return what the rules found in a checked job; see :func:`conclude`."""
    findings, notes = checked.outcome.findings, [*checked.notes, *checked.page_notes]
    if part is not None:
        kept = {each.url for each in part}
        findings = tuple(each for each in findings if each.sitemap is None or each.sitemap in kept)
        notes.append("findings are those of whole sitemaps, also of URLs that lie elsewhere")
    rules, idle = select_data_rules(checked.outcome)
    return Conclusions(
        *_report_rules(checked, findings, rules, options),
        checked=len(rules) - len(idle),
        idle=idle,
        notes=notes,
    )


def count_rules(findings: Sequence[ReportFinding]) -> FindingCounts:
    """Return the number of rules with findings, by severity."""
    found = [each.severity for each in findings]
    return FindingCounts(*(found.count(each) for each in (Severity.ERROR, Severity.WARNING, Severity.INFO)))


def _report_rules(
    checked: CheckedJob, findings: Sequence[Finding], rules: Sequence[Rule], options: ReportOptions
) -> tuple[list[ReportFinding], list[str]]:
    """Return what each rule found, what costs most first, and the ids of those to fix first."""
    broken = {each.rule for each in findings}
    reported = build_report_findings(
        findings,
        {rule.id: describe_rule(rule, options.docs_url) for rule in rules if rule.id in broken},
        checked.result.totals.urls,
        options.check.examples,
        without_share={rule.id for rule in rules if rule.scope in (Scope.PAGE, Scope.SITE, Scope.HISTORY)},
    )
    by_id = {each.rule: each for each in reported}
    weighed = [_weigh(each, findings, checked.result.totals) for each in reported]
    return [by_id[each.rule] for each in sort_by_weight(weighed)], choose_first(weighed, MAX_FIRST)


def _weigh(reported: ReportFinding, findings: Sequence[Finding], totals: JobTotals) -> FoundRule:
    """Return what one rule found, with its share of the URLs, else of the sitemaps."""
    sitemaps = frozenset(each.sitemap for each in findings if each.rule == reported.rule and each.sitemap)
    reach = reported.share
    if reach is None:
        reach = len(sitemaps) / max(totals.sitemaps, 1)
    return FoundRule(reported.rule, reported.severity, reported.places, reach, sitemaps)


def _choose_totals(result: JobResult, sitemaps: Sequence[SitemapResult], scope: str | None) -> JobTotals:
    """Return the counts of a job, or of a part of it."""
    if scope is None:
        return result.totals
    return structs.replace(
        result.totals,
        sitemaps=len(sitemaps),
        urls=sum(each.urls for each in sitemaps),
        unique_urls=0,
        new_urls=None,
        removed_urls=None,
        bytes=sum(each.bytes for each in sitemaps),
        all_urls=result.totals.urls,
        changed_urls=UNSET,
        changed_since=UNSET,
    )


def _name_whole(result: JobResult) -> str:
    return result.scope or f"the whole of {result.domain}"


def _keep_judgement(trust: LastmodTrust | None) -> LastmodTrust | None:
    """Return the judgement of lastmods; None if no job was considered."""
    return trust if trust is not None and trust.jobs else None
