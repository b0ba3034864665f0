"""A database with many nights: what a command reads does not depend on how many there are."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl.targets import parse_target
from sitemap_cli.services.catalog import batches, domain_catalog, domain_results, retry_selection
from sitemap_cli.services.checking import job_records, known_probes
from sitemap_cli.services.checking.job_records import RecordOptions
from sitemap_cli.services.history import changed_urls, trust_evidence
from sitemap_cli.services.recording import (
    cached_documents,
    index_trust,
    job_choice,
    job_history,
    job_pairs,
    jobs,
)
from sitemap_cli.services.reporting import batch_report, domain_history, job_result, listed_urls
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Job
from sitemap_cli.tasks.locking import mark_stale_jobs
from tests.acceptance.command import Program
from tests.work import counting
from tests.years import Years, add_domains, add_years, copied, gather_statistics, open_engine
from tests.years_sites import Sites, record_young

TENANT = "default"
FEW, MANY = (Years(jobs, 20, 0) for jobs in (40, 400))
# A row takes at least five steps, and there are 360 more of them.
SLACK = {"sqlite": 600, "postgres": 60}


class Reader:
    """What the commands read."""

    def __init__(self, db: Database, sites: Sites) -> None:
        self.db, self.sites = db, sites

    async def list_jobs(self, session: AsyncSession) -> None:
        await jobs.list_jobs(session, TENANT, limit=5)

    async def list_jobs_of_a_domain(self, session: AsyncSession) -> None:
        await jobs.list_jobs(session, TENANT, domain=self.sites.nightly_domain, limit=5)

    async def list_jobs_of_a_domain_without_new_ones(self, session: AsyncSession) -> None:
        assert await jobs.list_jobs(session, TENANT, domain="site-000003.default.test", limit=5)

    async def list_jobs_with_a_rare_status(self, session: AsyncSession) -> None:
        assert not await jobs.list_jobs(session, TENANT, statuses=["cancelled", "pending"], limit=5)

    async def list_jobs_with_a_rare_verdict(self, session: AsyncSession) -> None:
        assert not await jobs.list_jobs(session, TENANT, verdicts=["dns", "tls"], limit=5)

    async def list_jobs_of_a_domain_with_a_status(self, session: AsyncSession) -> None:
        domain = self.sites.blocked_domain
        await jobs.list_jobs(session, TENANT, domain=domain, statuses=["completed"], limit=5)

    async def list_jobs_since_an_hour(self, session: AsyncSession) -> None:
        since = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
        assert await jobs.list_jobs(session, TENANT, since=since)

    async def find_jobs_to_retry(self, session: AsyncSession) -> None:
        wanted = retry_selection.RetrySelection(verdicts=["dns", "tls"])
        assert not await retry_selection.find_retry_targets(session, TENANT, wanted)

    async def show_a_job(self, session: AsyncSession) -> None:
        last, _ = await jobs.find_job(session, TENANT, "last")
        await job_result.load_job_result(session, TENANT, last.id, with_sections=True)

    async def show_a_job_by_the_beginning_of_its_id(self, session: AsyncSession) -> None:
        last, _ = await jobs.find_job(session, TENANT, "last")
        await job_result.load_job_result(session, TENANT, last.id[:18].upper())

    async def choose_the_last_good_job(self, session: AsyncSession) -> None:
        await job_choice.choose_job(session, TENANT, self.sites.nightly_domain, None)

    async def choose_the_last_good_job_of_years_ago(self, session: AsyncSession) -> None:
        await job_choice.choose_job(session, TENANT, self.sites.blocked_domain, None)

    async def choose_a_job_for_a_part(self, session: AsyncSession) -> None:
        await job_choice.choose_job(session, TENANT, f"http://{self.sites.nightly_domain}/blog/", None)

    async def list_urls(self, session: AsyncSession) -> None:
        chosen = await job_choice.choose_job(session, TENANT, self.sites.nightly_domain, None)
        windows = await listed_urls.list_windows(session, chosen.job.id, listed_urls.UrlFilter())
        await listed_urls.load_window(session, windows[0], listed_urls.UrlFilter(), 5, ["loc"])

    async def show_a_domain(self, session: AsyncSession) -> None:
        for name in (self.sites.nightly_domain, self.sites.blocked_domain):
            found = await domain_results.load_domain(session, TENANT, name)
            assert found.job_id is not None
            shown = await domain_history.load_domain_history(session, TENANT, found.job_id, 5)
            assert len(shown.jobs) == 5

    async def choose_two_jobs_to_compare(self, session: AsyncSession) -> None:
        pair = await job_pairs.choose_pair(session, TENANT, self.sites.nightly_domain)
        since = job_pairs.JobReference("--new-since", "7d", dt.datetime.now(dt.UTC) - dt.timedelta(days=7))
        older, _ = await changed_urls.find_older_job(session, TENANT, pair.new, since)
        assert older is not None
        await changed_urls.prepare_changes(session, older, pair.new)

    async def judge_lastmods(self, session: AsyncSession) -> None:
        chosen = await job_choice.choose_job(session, TENANT, self.sites.nightly_domain, None)
        await trust_evidence.load_trust(session, chosen.job)

    async def list_domains(self, session: AsyncSession) -> None:
        await domain_results.list_domains(session, TENANT)

    async def list_batches(self, session: AsyncSession) -> None:
        await batches.list_running_batches(session, TENANT)
        await batches.list_batches(session, TENANT, 5)

    async def show_a_batch(self, session: AsyncSession) -> None:
        last = (await batches.list_batches(session, TENANT, 3))[2].batch
        found = await batches.find_batch(session, TENANT, last.id)
        assert (await batch_report.load_batch_result(session, found)).jobs == 2
        job_ids = await batch_report.list_job_ids(session, found.id)
        await batch_report.list_batch_rows(session, job_ids)

    async def begin_an_analysis(self, session: AsyncSession) -> None:
        for name in (self.sites.nightly_domain, self.sites.blocked_domain):
            domain_id = await domain_catalog.find_domain_id(session, TENANT, name)
            target = parse_target(f"http://{name}/")
            await jobs.mark_interrupted(session, TENANT, domain_id)
            cached = await cached_documents.load_cached_documents(session, TENANT, domain_id, target)
            await index_trust.add_trusted_lastmods(session, TENANT, domain_id, target, cached)

    async def end_an_analysis(self, session: AsyncSession) -> None:
        for name in (self.sites.nightly_domain, self.sites.blocked_domain):
            job = await self._find_last(session, name)
            target = parse_target(f"http://{name}/")
            await job_history.load_compared_jobs(session, job.id, TENANT, job.domain_id, target)

    async def check(self, session: AsyncSession) -> None:
        for name in (self.sites.nightly_domain, self.sites.blocked_domain):
            job = await self._find_last(session, name)
            await job_history.find_reference_job(session, job)
            since = dt.datetime.now(dt.UTC) - dt.timedelta(days=7)
            await known_probes.find_known_probes(session, job, since)

    async def check_several_jobs_together(self, session: AsyncSession) -> None:
        names = (self.sites.nightly_domain, self.sites.blocked_domain)
        last = [(await self._find_last(session, name)).id for name in names]
        found = await jobs.load_jobs(session, TENANT, last)
        assert len(await job_records.load_records(session, found, RecordOptions())) == 2

    async def _find_last(self, session: AsyncSession, domain: str) -> Job:
        return (await jobs.list_jobs(session, TENANT, domain=domain, limit=1))[0].job


READS = [name for name in vars(Reader) if not name.startswith("_")]


async def measure(database: str, sites: Sites) -> Mapping[str, int]:
    """Return the work of everything that is read."""
    found = dict[str, int]()
    with counting() as work:
        async with Database.open(database) as db:
            reader = Reader(db, sites)
            for name in READS:
                async with db.reading() as session:
                    await session.connection()
                    before = work.done
                    await getattr(reader, name)(session)
                    found[name] = work.done - before
            before = work.done
            await mark_stale_jobs(db, TENANT)
            found["mark_stale_jobs"] = work.done - before
    return found


def prefer_indexes(database: str) -> None:
    """Let Postgres scan a table only if no index can serve; the tables are small enough to do so."""
    engine = open_engine(database)
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            name = connection.execute(text("SELECT current_database()")).scalar_one()
            for setting in ("enable_seqscan = off", "cpu_tuple_cost = 10", "random_page_cost = 1"):
                connection.execute(text(f"ALTER DATABASE {name} SET {setting}"))
    engine.dispose()


async def test_no_command_reads_more_after_years(shared: Program) -> None:
    def analyze(*arguments: str, code: int = 0) -> None:
        done = shared(*arguments)
        assert done.code == code, done.err

    database = shared.environment["SITEMAP_DATABASE"]
    measured = []
    with Sites.serving(FEW.urls) as sites:
        record_young(analyze, sites, shared.folder)
        add_domains(database, FEW.domains)
        for years in (FEW, MANY):
            with copied(database, shared.folder, f"{years.jobs}") as copy:
                add_years(copy, years, sites)
                gather_statistics(copy)
                prefer_indexes(copy)
                measured.append(await measure(copy, sites))
    few, many = measured
    slack = SLACK["postgres" if "://" in database else "sqlite"]
    # Postgres may choose another plan, which reads somewhat more; the jobs are ten times as many.
    slower = {name: (few[name], many[name]) for name in few if many[name] > 1.25 * few[name] + slack}
    assert not slower
