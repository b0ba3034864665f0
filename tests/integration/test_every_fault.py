"""Each thing that an analyze asks of its database fails once; after each, only whole units are there.

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
from tests.faults import Faults, fail, injected
from tests.runs import analyze_target
from tests.web import gz, index, urlset

BASE = "https://example.com"
ENDED = {"completed", "partial", "failed", "interrupted"}


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


async def recorded(db: Database, tenant: str) -> dict[str, tuple[int, str | None]]:
    """URL count and reason of each sitemap of the tenant."""
    query = select(Sitemap).join(Job, Job.id == Sitemap.job_id).where(Job.tenant == tenant)
    async with db.reading() as session:
        return {row.url: (row.urls, row.error) for row in await session.scalars(query)}


def canceller(task: asyncio.Future[None]) -> Callable[[str], None]:
    return lambda _: (task.cancel(), None)[1]


async def assert_whole(db: Database, tenant: str, whole: dict[str, tuple[int, str | None]]) -> Job | None:
    """The tenant's rows are whole units, its job tells how it ended, and no connection is out."""
    assert db.writer.pool.checkedout() == 0
    assert db.reader.pool.checkedout() == 0
    assert (await recorded(db, tenant)).items() <= whole.items()
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
    assert job.urls == sum(urls for urls, _ in (await recorded(db, tenant)).values())
    return job


async def test_a_run_without_faults_is_read_in_part_because_of_its_site(db: Database, folder: Path) -> None:
    await analyze(db, folder, "baseline")
    job = await assert_whole(db, "baseline", await recorded(db, "baseline"))
    assert job is not None
    assert (job.status, job.verdict, job.urls, job.sitemaps) == ("partial", "partial", 13, 4)


def told(step: str) -> AbstractContextManager[object]:
    """What becomes of a fault: all are raised, but for a lock that cannot be given back after the work."""
    harmless = "pg_advisory_unlock" in step
    return nullcontext() if harmless else pytest.raises(StorageError, match="injected")


async def test_whichever_step_fails_only_whole_units_remain_and_the_job_says_so(
    db: Database, folder: Path
) -> None:
    steps = await steps_of_a_run(db, folder)
    whole = await recorded(db, "baseline")
    assert {"flush", "commit"} <= set(steps)
    assert len(steps) > 50
    lost = 0
    for nth, step in enumerate(steps, start=1):
        tenant = f"fault-{nth}"
        with injected(Faults(nth, fail)) as faults, told(step):
            await analyze(db, folder, tenant)
        assert len(faults.seen) >= nth
        job = await assert_whole(db, tenant, whole)
        lost += job is None
        if job is not None and job.status == "failed":
            assert "injected" in (job.error or ""), step
    assert lost < len(steps) / 4


async def test_whichever_step_is_cancelled_the_job_says_interrupted(db: Database, folder: Path) -> None:
    steps = await steps_of_a_run(db, folder)
    whole = await recorded(db, "baseline")
    statuses = set()
    for nth in range(1, len(steps) + 1):
        tenant = f"cancel-{nth}"
        task = asyncio.ensure_future(analyze(db, folder, tenant))
        with injected(Faults(nth, canceller(task))), pytest.raises(asyncio.CancelledError):
            await task
        job = await assert_whole(db, tenant, whole)
        statuses.add(job and job.status)
    assert statuses == {None, "interrupted", "partial"}
