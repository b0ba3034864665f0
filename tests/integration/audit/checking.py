"""Analyzes the site of a case and checks the job, with a real database."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from msgspec import structs
from sqlalchemy import update

from sitemap_cli.audit.selection import parse_selection
from sitemap_cli.crawl import targets
from sitemap_cli.model.compared_list import ComparedList, LeftOutRows
from sitemap_cli.model.url_spellings import UrlSpellings
from sitemap_cli.model.values import Engine, Finding, Severity
from sitemap_cli.progress import BatchProgress
from sitemap_cli.services.checking import checks
from sitemap_cli.services.checking.fact import UnfinishedFact
from sitemap_cli.services.probing import probe_store
from sitemap_cli.settings import Settings
from sitemap_cli.spool import Spool
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Job as JobRow
from sitemap_cli.tasks.probe import ProbeRun, probe_pages
from tests.fakes import DictFetcher
from tests.integration.analyzed_job import record_analysis
from tests.integration.audit import builds, sites

CHOICE = ("ignore_at", "engine")
# Rules that say something about a sitemap or a site as a whole: one place, whatever they count.
STATEMENTS = {"SM408", "SM801", "SM802", "SM808"}
# Rules whose examples name a URL, and whose places name the entries that repeat it.
OTHER_LINES = {"SM311"}


async def record_job(
    db: Database,
    case: Mapping[str, Any],
    *,
    tenant: str = "default",
    days_ago: int = 0,
    fetcher: DictFetcher | None = None,
) -> str:
    """Analyze a site and return the id of the job; ``totals`` of the case replace columns of the job."""
    target = targets.parse_target(case.get("target", f"{case.get('site', sites.SITE)}/"), local=False)
    settings = Settings(
        tenant=tenant,
        no_known_paths=not case.get("guess", False),
        no_robots=case.get("no_robots", False),
        compare_user_agent=case.get("compare"),
    )
    fetcher = fetcher or build_fetcher(case)
    job_id = await record_analysis(db, target, fetcher, settings)
    then = dt.datetime.now(dt.UTC) - dt.timedelta(days=days_ago)
    values = {"started_at": then, **case.get("totals", {})}
    async with db.transaction() as session:
        await session.execute(update(JobRow).where(JobRow.id == job_id).values(**values))
    if case.get("probe"):
        await probe_job(db, fetcher, settings, job_id, case["probe"])
    return job_id


def build_fetcher(case: Mapping[str, Any]) -> DictFetcher:
    """Return a fetcher that replies as the site of a case."""
    fetcher = DictFetcher(sites.build_pages(case))
    if "missing" in case:
        fetcher.missing = sites.build_page(case, case["missing"])
    return fetcher


async def probe_job(
    db: Database, fetcher: DictFetcher, settings: Settings, job_id: str, sample: bool | int
) -> None:
    """Probe the pages of a job: all of them, or a sample of this size."""
    async with db.reading() as session:
        subject = await probe_store.find_probe_target(session, settings.tenant, None, job_id)
    size = probe_store.SampleSize(None if sample is True else sample)
    async for _ in probe_pages(ProbeRun(db, fetcher, settings, subject, size, BatchProgress(0))):
        pass


def build_other(case: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the site to compare with; a list is a job of its file."""
    named = {"totals": {"target": "crawl.csv"}} if case.get("against_list") else {}
    return {**case["against"], **named}


def build_list(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return how to compare with the list of URLs of a case; ``refused`` are pages by the reason."""
    spellings, left_out = UrlSpellings(case.get("exact", False), tuple(case.get("ignored", ()))), {}
    for reason, paths in case.get("refused", {}).items():
        rows = left_out[reason] = LeftOutRows(is_unlistable=True, count=len(paths))
        rows.add([path if "://" in path else f"https://example.com{path}" for path in paths], spellings)
    return {"spellings": spellings, "left_out": left_out, "is_log": case.get("is_log", False)}


async def check_case(
    db: Database,
    case: Mapping[str, Any],
    *,
    tenant: str = "default",
    spool: Spool | None = None,
    **options: Any,
) -> tuple[Finding, ...]:
    """Return the findings of a check of a site.

    More keys of a case: ``probe`` (true, or the size of a sample) requests the pages, too; ``before`` is the
    site at the previous job, ``against`` the site to compare with, a list of URLs if ``against_list``, of
    which ``refused`` has pages that are left out by reason, and with ``exact``, ``ignored`` and ``is_log``;
    ``engine`` and ``ignore_at`` are options of the check. With a ``spool``, the site is checked once more for
    every place, which must agree with the findings.
    """
    if "files" in case:
        return await check_build(db, case, tenant=tenant, spool=spool, **options)
    other = await record_job(db, build_other(case), tenant=tenant) if "against" in case else None
    if "before" in case:
        await record_job(db, case["before"], tenant=tenant, days_ago=case["before"].get("days_ago", 0))
    job_id = await record_job(db, case, tenant=tenant)
    given = {key: case[key] for key in CHOICE if key in case} | options
    if "engine" in given:
        given["engine"] = Engine(given["engine"])
    compared = ComparedList(**build_list(case)) if case.get("against_list") else None
    wanted = checks.CheckOptions(parse_selection(**given), other_job=other, compared=compared)
    outcome = await run_checks(db, tenant, job_id, wanted)
    if spool is not None:
        agree(outcome, await run_checks(db, tenant, job_id, replace(wanted, spool=spool)))
    return outcome.findings


async def check_build(
    db: Database, case: Mapping[str, Any], *, tenant: str, spool: Spool | None = None, **options: Any
) -> tuple[Finding, ...]:
    """Return the findings of a check of a local build; their files are named from beside it."""
    given = {key: case[key] for key in CHOICE if key in case} | options
    if "engine" in given:
        given["engine"] = Engine(given["engine"])
    with builds.open_folder(case) as folder:
        build = await builds.record_build(db, case, folder, tenant)
        wanted = build.add_to(checks.CheckOptions(parse_selection(**given)))
        outcome = await run_checks(db, tenant, build.job_id, wanted)
        if spool is not None:
            agree(
                outcome,
                await run_checks(db, tenant, build.job_id, build.add_to(replace(wanted, spool=spool))),
            )
        shorten = build.shorten
        return tuple(
            structs.replace(each, message=shorten(each.message), file=shorten(each.file))
            for each in outcome.findings
        )


class FoundPlace(NamedTuple):
    """One place of a finding."""

    rule: str
    severity: Severity
    message: str
    loc: str | None
    sitemap: str | None


async def check_places(
    db: Database, case: Mapping[str, Any], *, tenant: str, spool: Spool
) -> list[FoundPlace]:
    """Return every place of the findings of a check of a site, after a job of the site ``before``."""
    if "before" in case:
        await record_job(db, case["before"], tenant=tenant, days_ago=1)
    job_id = await record_job(db, case, tenant=tenant)
    engine = {"engine": Engine(case["engine"])} if "engine" in case else {}
    options = checks.CheckOptions(parse_selection(**engine), spool=spool)
    outcome = await run_checks(db, tenant, job_id, options)
    assert outcome.places is not None
    return [
        FoundPlace(finding.rule, finding.severity, each.message, each.loc or finding.loc, finding.sitemap)
        for finding in outcome.findings
        for each in outcome.places.read(finding)
    ]


async def run_checks(
    db: Database, tenant: str, job_id: str, options: checks.CheckOptions
) -> checks.CheckResult:
    """Check a recorded job, in one transaction."""
    async with db.reading() as session:
        check = await checks.start_check(session, tenant, job_id, options)
        for name in sorted(check.missing):
            value = await checks.gather_fact(session, check, name)
            if isinstance(value, UnfinishedFact):
                value = await value.finish()
            checks.add_fact(check, name, value)
        return await checks.finish_check(session, check)


def agree(examples: checks.CheckResult, every: checks.CheckResult) -> None:
    """Assert that every place of the findings is listed, and that the examples are among them."""
    assert [count(each) for each in every.findings] == [count(each) for each in examples.findings]
    assert every.places is not None
    for finding in examples.findings:
        places = list(every.places.read(finding))
        is_statement = finding.rule in STATEMENTS and not finding.loc
        assert len(places) == (1 if is_statement else finding.count), (finding, places)
        if finding.loc and finding.rule not in OTHER_LINES:
            known = {(each.loc, each.line) for each in places}
            assert (finding.loc, finding.line) in known, (finding, places)


def count(finding: Finding) -> tuple[object, ...]:
    return finding.rule, finding.sitemap, finding.severity, finding.count
