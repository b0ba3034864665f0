"""Runs a job over a made-up site and checks it, all with a real database."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from sitemap_cli.audit.selection import parse_selection
from sitemap_cli.crawl import targets
from sitemap_cli.model.values import Engine, Finding
from sitemap_cli.progress import BatchProgress, Progress
from sitemap_cli.services.checking import checks
from sitemap_cli.services.probing import probe_store
from sitemap_cli.services.recording import domains, jobs
from sitemap_cli.services.shared import ids
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Job as JobRow
from sitemap_cli.tasks.analyze import RunningJob, analyze_job
from sitemap_cli.tasks.outcome import record_outcome
from sitemap_cli.tasks.probe import ProbeRun, probe_pages
from tests.fakes import DictFetcher
from tests.integration.audit import sites

CHOICE = ("ignore_at", "engine")


async def record(db: Database, told: Mapping[str, Any], *, tenant: str = "default", days_ago: int = 0) -> str:
    """Run a job over a site, of which ``totals`` are other than they would be; returns its id."""
    target = targets.parse_target(told.get("target", f"{told.get('site', sites.SITE)}/"), local=False)
    job_id = ids.generate_id()
    settings = Settings(
        tenant=tenant,
        no_known_paths=not told.get("guess", False),
        compare_user_agent=told.get("compare"),
    )
    fetcher = DictFetcher(sites.pages(told))
    if "missing" in told:
        fetcher.missing = sites.page(told, told["missing"])
    async with record_outcome(db, job_id) as watch:
        async with db.transaction() as session:
            domain_id = await domains.ensure_domain(session, tenant, target.domain)
            await jobs.record_running_job(
                session, job_id, tenant=tenant, domain_id=domain_id, target=target.text, holder="a test"
            )
        await analyze_job(RunningJob(db, fetcher, settings, job_id, domain_id, target), Progress(), watch)
    then = dt.datetime.now(dt.UTC) - dt.timedelta(days=days_ago)
    values = {"started_at": then, **told.get("totals", {})}
    async with db.transaction() as session:
        await session.execute(update(JobRow).where(JobRow.id == job_id).values(**values))
    if told.get("probe"):
        await ask_pages(db, fetcher, settings, job_id, told["probe"])
    return job_id


async def ask_pages(
    db: Database, fetcher: DictFetcher, settings: Settings, job_id: str, wanted: bool | int
) -> None:
    """Ask so many of the pages that a job lists, or all if it is not said how many."""
    async with db.reading() as session:
        subject = await probe_store.find_probe_target(session, settings.tenant, None, job_id)
    size = probe_store.SampleSize(None if wanted is True else wanted)
    async for _ in probe_pages(ProbeRun(db, fetcher, settings, subject, size, BatchProgress(0))):
        pass


async def check(
    db: Database, told: Mapping[str, Any], *, tenant: str = "default", **options: Any
) -> tuple[Finding, ...]:
    """What a check finds in a site.

    Its pages are asked, too, if it says ``probe: true``, or so many of them as it says.
    ``before`` in it is the site as an earlier job found it, ``against`` what it is compared with, which is
    a list of addresses if ``against_list``.
    """
    other = await record(db, told["against"], tenant=tenant) if "against" in told else None
    if "before" in told:
        await record(db, told["before"], tenant=tenant, days_ago=told["before"].get("days_ago", 0))
    job_id = await record(db, told, tenant=tenant)
    given = {key: told[key] for key in CHOICE if key in told} | options
    if "engine" in given:
        given["engine"] = Engine(given["engine"])
    async with db.reading() as session:
        wanted = checks.CheckOptions(
            parse_selection(**given), other_job=other, other_is_list=told.get("against_list", False)
        )
        outcome = await checks.check_job(session, tenant, job_id, wanted)
    return outcome.findings
