"""Each page is probed once and recorded in a group, with no transaction open during requests."""

import asyncio
import contextlib
import itertools
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from sitemap_cli.crawl import targets
from sitemap_cli.crawl.pages.probed_page import ProbedPage
from sitemap_cli.errors import StorageError
from sitemap_cli.fetch.interface import Purpose
from sitemap_cli.progress import BatchProgress
from sitemap_cli.services.probing import probe_store
from sitemap_cli.services.probing.probe_store import SampleSize
from sitemap_cli.services.reporting import probe_result
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Job as JobRow
from sitemap_cli.storage.models import Probe
from sitemap_cli.tasks.probe import MAX_GROUP, ProbeRun, probe_pages
from tests.fakes import DictFetcher, Reply
from tests.faults import Faults, fail, injected
from tests.integration.analyzed_job import record_analysis
from tests.web import index, urlset

SITE = "https://example.com"
SETTINGS = Settings(no_known_paths=True)
HTML = {"content_type": "text/html"}
ALL = SampleSize()
PAGE = Reply(b"<title>A page</title>", facts=HTML)


def site(**sitemaps: Sequence[str]) -> dict[str, Reply | bytes]:
    """A site whose robots.txt lists an index of these sitemaps, each of some paths."""
    files = {
        f"{SITE}/{name}.xml": urlset(*(SITE + path for path in paths)) for name, paths in sitemaps.items()
    }
    robots = f"Sitemap: {SITE}/index.xml\n".encode()
    return {f"{SITE}/robots.txt": robots, f"{SITE}/index.xml": index(*files), **files}


def number_paths(count: int) -> list[str]:
    return [f"/{n}" for n in range(count)]


def serve_all(paths: Sequence[str], reply: Reply = PAGE) -> dict[str, Reply]:
    return {SITE + path: reply for path in paths}


async def record_job(db: Database, pages: dict[str, Any], tenant: str = "default") -> str:
    settings = replace(SETTINGS, tenant=tenant)
    return await record_analysis(db, targets.parse_target(SITE), DictFetcher(pages), settings)


async def prepare_run(
    db: Database, job_id: str, fetcher: DictFetcher, size: SampleSize = ALL, **settings: Any
) -> ProbeRun:
    async with db.reading() as session:
        target = await probe_store.find_probe_target(session, settings.get("tenant", "default"), None, job_id)
    return ProbeRun(db, fetcher, Settings(**settings), target, size, BatchProgress(0))


async def probe_all(job: ProbeRun) -> list[ProbedPage]:
    return [each async for group in probe_pages(job) for each in group]


async def load_rows(db: Database, job_id: str) -> dict[str, Probe]:
    async with db.reading() as session:
        found = await session.scalars(select(Probe).where(Probe.job_id == job_id))
        return {row.loc.removeprefix(SITE): row for row in found}


@pytest.fixture
async def job_id(db: Database) -> str:
    """Record a job that lists 120 pages in two sitemaps, ten of them twice."""
    paths = number_paths(120)
    return await record_job(db, site(a=paths[:70], b=paths[60:]))


async def test_every_page_is_probed_once_and_recorded_with_its_first_entry(db: Database, job_id: str) -> None:
    fetcher = DictFetcher(serve_all(number_paths(120)))
    job = await prepare_run(db, job_id, fetcher)
    results = [each for each in await probe_all(job) if each.role == "listed"]
    probes = await load_rows(db, job_id)
    assert len(results) == 120
    assert {each.loc for each in results} == {SITE + path for path in number_paths(120)}
    assert all(fetcher.count(SITE + path) == 1 for path in number_paths(120))
    assert set(probes) == {*number_paths(120), "/"}
    assert (probes["/61"].position, probes["/61"].document_id) == (62, probes["/0"].document_id)
    assert fetcher.open == 0


async def test_results_of_pages_are_recorded(db: Database) -> None:
    head = '<title>Lamp</title><meta name=robots content=noindex><link rel=canonical href="/l">'
    pages = {
        f"{SITE}/lamp": Reply(
            head.encode(), facts={**HTML, "last_modified": "Fri, 02 Jan 2026 00:00:00 GMT"}
        ),
        f"{SITE}/old": Reply(to=f"{SITE}/lamp"),
        f"{SITE}/late": Reply(fault="timeout-read"),
        f"{SITE}/a.pdf": Reply(b"%PDF", facts={"robots_tags": ("noindex",)}),
    }
    job_id = await record_job(db, site(a=["/lamp", "/old", "/late", "/a.pdf", "/gone"]))
    await probe_all(await prepare_run(db, job_id, DictFetcher(pages)))
    probes = await load_rows(db, job_id)
    lamp, old, late, pdf, gone = (probes[path] for path in ("/lamp", "/old", "/late", "/a.pdf", "/gone"))
    assert (lamp.status_code, lamp.title, lamp.noindex, lamp.method) == (200, "Lamp", "meta", "GET")
    assert lamp.canonicals == [{"href": f"{SITE}/l", "by": "link"}]
    assert (lamp.last_modified, len(lamp.digest or b"")) == ("Fri, 02 Jan 2026 00:00:00 GMT", 32)
    assert (old.final_url, old.hops) == (f"{SITE}/lamp", [[f"{SITE}/old", 302]])
    assert (late.status_code, late.error) == (None, "timeout-read")
    assert (pdf.method, pdf.digest, pdf.noindex) == ("HEAD", None, "header")
    assert gone.status_code == 404


async def test_results_are_recorded_in_groups_and_no_connection_is_in_use_while_waiting(
    db: Database, job_id: str
) -> None:
    gate = asyncio.Event()
    # The home page is requested last: after that there are no queries.
    slow = ["/119", "/"]
    fetcher = DictFetcher({**serve_all(number_paths(110)), **serve_all(slow, Reply(b"", gate=gate))})
    sizes = list[int]()
    async with aclosing(probe_pages(await prepare_run(db, job_id, fetcher))) as groups:
        async for group in groups:
            sizes.append(len(group))
            assert len(await load_rows(db, job_id)) == sum(sizes)
            if sum(sizes) >= 100 and not gate.is_set():
                await fetcher.wait_until_only(*serve_all(slow))
                assert all(out == 0 for out, _ in db.count_connections().values())
                gate.set()
    assert max(sizes) <= MAX_GROUP
    assert sum(sizes) == 121


async def test_results_that_arrived_are_recorded_when_the_run_is_cancelled(db: Database, job_id: str) -> None:
    fetcher = DictFetcher(
        {**serve_all(number_paths(15)), **serve_all(number_paths(120)[15:], Reply(b"", gate=asyncio.Event()))}
    )
    job = await prepare_run(db, job_id, fetcher)
    running = asyncio.create_task(probe_all(job))
    await fetcher.wait_until_only(*(f"{SITE}/{n}" for n in range(15, 15 + SETTINGS.per_host)))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    probes = await load_rows(db, job_id)
    assert set(number_paths(12)) <= set(probes) <= set(number_paths(15))
    again = DictFetcher(serve_all(number_paths(120)))
    await probe_all(await prepare_run(db, job_id, again))
    assert set(again.urls_for(Purpose.PAGE)).isdisjoint(SITE + path for path in probes)
    assert len(await load_rows(db, job_id)) == 121


async def test_a_larger_sample_contains_the_smaller_one(db: Database, job_id: str) -> None:
    probes = list[set[str]]()
    for size in (5, 20, 60, 130):
        fetcher = DictFetcher(serve_all(number_paths(120)))
        await probe_all(await prepare_run(db, job_id, fetcher, SampleSize(size)))
        assert probes == [] or set(fetcher.urls_for(Purpose.PAGE)).isdisjoint(
            SITE + path for path in probes[-1]
        )
        probes.append(set(await load_rows(db, job_id)))
    assert all(small < large for small, large in itertools.pairwise(probes))
    assert probes[-1] == {*number_paths(120), "/"}


async def test_a_failing_host_is_skipped_and_retried_by_the_next_run(db: Database, job_id: str) -> None:
    failing = DictFetcher(serve_all(number_paths(120), Reply(fault="connection-refused")))
    job = await prepare_run(db, job_id, failing, max_failures=5)
    await probe_all(job)
    known = len(await load_rows(db, job_id))
    assert 5 <= known < 15
    assert job.skipped == {"host-failing": 120 - known}
    working = DictFetcher(serve_all(number_paths(120)))
    await probe_all(await prepare_run(db, job_id, working))
    assert len(await load_rows(db, job_id)) == 121


async def test_many_missing_pages_do_not_stop_a_run(db: Database, job_id: str) -> None:
    job = await prepare_run(db, job_id, DictFetcher({}), max_failures=1)
    results = await probe_all(job)
    assert {each.status_code for each in results} == {404}
    assert (len(results), job.skipped) == (121, {})


async def test_pages_of_other_hosts_obey_the_robots_txt_of_their_host(db: Database) -> None:
    other = "https://other.example"
    job_id = await record_job(db, site(a=["/a"]) | {f"{SITE}/a.xml": urlset(f"{other}/x", f"{other}/y")})
    pages = {f"{other}/robots.txt": b"User-agent: *\nDisallow: /x\nCrawl-delay: 3\n", f"{other}/y": PAGE}
    fetcher = DictFetcher(pages)
    results = {each.loc: each for each in await probe_all(await prepare_run(db, job_id, fetcher))}
    assert results[f"{other}/x"].error == "robots-disallowed"
    assert results[f"{other}/y"].status_code == 200
    assert fetcher.count(f"{other}/x") == 0
    requests = [each for each in fetcher.log if each.url == f"{other}/y"]
    assert [(each.delay, each.credentials_url) for each in requests] == [(3.0, f"{SITE}/")]


async def test_some_removed_pages_are_probed_too(db: Database) -> None:
    paths = number_paths(200)
    await record_job(db, site(a=paths))
    job_id = await record_job(db, site(a=paths[:10]))
    results = await probe_all(await prepare_run(db, job_id, DictFetcher(serve_all(paths))))
    roles = [each.role for each in results]
    assert (roles.count("listed"), roles.count("removed"), roles.count("home")) == (
        10,
        probe_store.MAX_REMOVED,
        1,
    )
    async with db.reading() as session:
        result = await probe_result.load_probe_result(session, "default", job_id, {})
    assert (result.asked, result.of) == (10, 10)


async def test_pages_are_deleted_with_their_job(db: Database, job_id: str) -> None:
    await probe_all(await prepare_run(db, job_id, DictFetcher(serve_all(number_paths(120)))))
    async with db.transaction() as session:
        await session.execute(delete(JobRow).where(JobRow.id == job_id))
    async with db.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Probe)) == 0


async def test_whichever_step_fails_only_whole_groups_remain_and_the_next_run_continues(
    db: Database, job_id: str
) -> None:
    pages = serve_all(number_paths(120))
    with injected(Faults()) as faults:
        await probe_all(await prepare_run(db, job_id, DictFetcher(pages)))
    steps = len(faults.seen)
    assert steps > 10
    for nth in range(3, steps, 2):
        async with db.transaction() as session:
            await session.execute(delete(Probe))
        job = await prepare_run(db, job_id, DictFetcher(pages))
        # The number of groups depends on timing: this step may not be reached.
        with injected(Faults(nth, fail)) as faults, contextlib.suppress(StorageError):
            await probe_all(job)
            assert len(faults.seen) < nth, f"step {nth} failed without an exception"
        assert all(out == 0 for out, _ in db.count_connections().values())
        known = set(await load_rows(db, job_id))
        again = DictFetcher(pages)
        await probe_all(await prepare_run(db, job_id, again))
        assert set(again.urls_for(Purpose.PAGE)).isdisjoint(SITE + path for path in known)
        assert len(await load_rows(db, job_id)) == 121
