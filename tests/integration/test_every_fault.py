"""Each step of an analysis in the database fails once; after each failure only whole units remain.

The run is the command's own: the transaction that records the job, then the task. Every fault gets a
tenant of its own, so that one database serves them all.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
from sqlalchemy import func, select

from sitemap_cli.errors import StorageError
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Document, Domain, Finding, Job, Problem, Sitemap, children, entries
from sitemap_cli.tasks import grouping
from tests.faults import Faults, fail, injected
from tests.runs import analyze_target
from tests.web import gz, index, urlset

BASE = "https://example.com"
ENDED = {"completed", "partial", "failed", "interrupted"}


@pytest.fixture(params=[0, grouping.SMALL_BYTES], ids=["alone", "grouped"], autouse=True)
def small_bytes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Record each document in a transaction of its own, or all of them with the end of the job."""
    monkeypatch.setattr(grouping, "SMALL_BYTES", request.param)
    return int(request.param)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A site with an index, a gzipped child, a text child, a broken one and a missing one."""
    site = tmp_path / "site"
    site.mkdir()
    names = ("a.xml.gz", "b.txt", "broken.xml", "missing.xml")
    (site / "robots.txt").write_text(f"Sitemap: {BASE}/sitemap.xml\n")
    (site / "sitemap.xml").write_bytes(index(*(f"{BASE}/{name}" for name in names)))
    (site / "a.xml.gz").write_bytes(gz(urlset(*(f"{BASE}/a/{n}" for n in range(7)), lastmod="2026-11-01")))
    (site / "b.txt").write_text("".join(f"{BASE}/b/{n}\n" for n in range(5)))
    (site / "broken.xml").write_bytes(urlset(f"{BASE}/c/1", f"{BASE}/c/2")[:-30])
    return site


async def analyze(db: Database, folder: Path, tenant: str) -> None:
    await analyze_target(db, Settings(tenant=tenant), str(folder), BASE)


async def steps_of_a_run(db: Database, folder: Path) -> list[str]:
    with injected(Faults()) as faults:
        await analyze(db, folder, "baseline")
    return faults.seen


async def load_recorded(db: Database, tenant: str) -> dict[str, tuple[int, str | None]]:
    """Return the URL count and the error of each sitemap of a tenant."""
    query = select(Sitemap).join(Job, Job.id == Sitemap.job_id).where(Job.tenant == tenant)
    async with db.reading() as session:
        return {row.url: (row.urls, row.error) for row in await session.scalars(query)}


def make_canceller(task: asyncio.Future[None]) -> Callable[[str], None]:
    return lambda _: (task.cancel(), None)[1]


async def assert_whole(db: Database, tenant: str, whole: dict[str, tuple[int, str | None]]) -> Job | None:
    """Assert that a tenant's rows are whole units, its job has an ending, and no connection is in use."""
    assert db.writer.pool.checkedout() == 0
    assert db.reader.pool.checkedout() == 0
    assert (await load_recorded(db, tenant)).items() <= whole.items()
    async with db.reading() as session:
        for document in await session.scalars(select(Document).where(Document.tenant == tenant)):
            for table, expected in ((entries, document.urls), (children, document.children)):
                query = select(func.count()).select_from(table).where(table.c.document_id == document.id)
                assert await session.scalar(query) == expected
            problems = select(func.count()).where(Problem.document_id == document.id)
            assert await session.scalar(problems) == document.problems
            used = select(func.count()).where(Sitemap.document_id == document.id)
            assert await session.scalar(used) == 1
        jobs = (await session.scalars(select(Job).where(Job.tenant == tenant))).all()
        domains = await session.scalar(select(func.count()).where(Domain.tenant == tenant))
        findings = (
            select(func.count())
            .select_from(Finding)
            .join(Job, Job.id == Finding.job_id)
            .where(Job.tenant == tenant)
        )
        judged = await session.scalar(findings)
    assert len(jobs) == domains
    if not jobs:
        return None
    (job,) = jobs
    assert job.status in ENDED
    assert job.finished_at is not None
    assert bool(judged) == (job.status == "partial")
    assert job.urls == sum(urls for urls, _ in (await load_recorded(db, tenant)).values())
    return job


async def test_a_run_without_faults_is_partial_because_of_its_site(db: Database, folder: Path) -> None:
    await analyze(db, folder, "baseline")
    job = await assert_whole(db, "baseline", await load_recorded(db, "baseline"))
    assert job is not None
    assert (job.status, job.verdict, job.urls, job.sitemaps) == ("partial", "partial", 13, 4)


def expected_error(step: str) -> AbstractContextManager[object]:
    """Return what to expect of a fault: it is raised, unless only the release of a lock fails."""
    harmless = "pg_advisory_unlock" in step
    return nullcontext() if harmless else pytest.raises(StorageError, match="injected")


async def test_whichever_step_fails_only_whole_units_remain_and_the_job_is_failed(
    db: Database, folder: Path, small_bytes: int
) -> None:
    steps = await steps_of_a_run(db, folder)
    whole = await load_recorded(db, "baseline")
    assert {"flush", "commit"} <= set(steps)
    assert len(steps) > (30 if small_bytes else 50)
    lost = 0
    for nth, step in enumerate(steps, start=1):
        tenant = f"fault-{nth}"
        with injected(Faults(nth, fail)) as faults, expected_error(step):
            await analyze(db, folder, tenant)
        assert len(faults.seen) >= nth
        job = await assert_whole(db, tenant, whole)
        lost += job is None
        if job is not None and job.status == "failed":
            assert "injected" in (job.error or ""), step
    assert lost <= steps.index("commit") + 1


async def test_whichever_step_is_cancelled_the_job_is_interrupted(db: Database, folder: Path) -> None:
    steps = await steps_of_a_run(db, folder)
    whole = await load_recorded(db, "baseline")
    statuses = set()
    for nth in range(1, len(steps) + 1):
        tenant = f"cancel-{nth}"
        task = asyncio.ensure_future(analyze(db, folder, tenant))
        with injected(Faults(nth, make_canceller(task))), pytest.raises(asyncio.CancelledError):
            await task
        job = await assert_whole(db, tenant, whole)
        statuses.add(job and job.status)
    assert statuses == {None, "interrupted", "partial"}
