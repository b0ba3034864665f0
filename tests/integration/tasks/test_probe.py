"""Pages are asked once, in groups that are recorded as a whole, with no transaction open meanwhile."""

import asyncio
import contextlib
import itertools
from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from sitemap_cli.crawl import targets
from sitemap_cli.crawl.pages.probed_page import ProbedPage
from sitemap_cli.errors import StorageError
from sitemap_cli.fetch.interface import Purpose
from sitemap_cli.progress import BatchProgress, Progress
from sitemap_cli.services.probing import probe_store
from sitemap_cli.services.probing.probe_store import SampleSize
from sitemap_cli.services.recording import domains, jobs
from sitemap_cli.services.reporting import probe_result
from sitemap_cli.services.shared import ids
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Job as JobRow
from sitemap_cli.storage.models import Probe
from sitemap_cli.tasks.analyze import RunningJob, analyze_job
from sitemap_cli.tasks.outcome import record_outcome
from sitemap_cli.tasks.probe import MAX_GROUP, ProbeRun, probe_pages
from tests.fakes import DictFetcher, Reply
from tests.faults import Faults, fail, injected
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


def numbered(count: int) -> list[str]:
    return [f"/{n}" for n in range(count)]


def having(paths: Sequence[str], reply: Reply = PAGE) -> dict[str, Reply]:
    return {SITE + path: reply for path in paths}


async def recorded(db: Database, pages: dict[str, Any], tenant: str = "default") -> str:
    target, job_id = targets.parse_target(SITE), ids.generate_id()
    async with record_outcome(db, job_id) as watch:
        async with db.transaction() as session:
            domain_id = await domains.ensure_domain(session, tenant, target.domain)
            await jobs.record_running_job(
                session, job_id, tenant=tenant, domain_id=domain_id, target=target.text, holder="a test"
            )
        job = RunningJob(db, DictFetcher(pages), SETTINGS, job_id, domain_id, target)
        await analyze_job(job, Progress(), watch)
    return job_id


async def probing(
    db: Database, job_id: str, fetcher: DictFetcher, size: SampleSize = ALL, **settings: Any
) -> ProbeRun:
    async with db.reading() as session:
        subject = await probe_store.find_probe_target(
            session, settings.get("tenant", "default"), None, job_id
        )
    return ProbeRun(db, fetcher, Settings(**settings), subject, size, BatchProgress(0))


async def asked(job: ProbeRun) -> list[ProbedPage]:
    return [each async for group in probe_pages(job) for each in group]


async def rows(db: Database, job_id: str) -> dict[str, Probe]:
    async with db.reading() as session:
        found = await session.scalars(select(Probe).where(Probe.job_id == job_id))
        return {row.loc.removeprefix(SITE): row for row in found}


@pytest.fixture
async def job_id(db: Database) -> str:
    """A job that lists 120 pages in two sitemaps, ten of them twice."""
    paths = numbered(120)
    return await recorded(db, site(a=paths[:70], b=paths[60:]))


async def test_every_page_is_asked_once_and_kept_with_its_first_entry(db: Database, job_id: str) -> None:
    fetcher = DictFetcher(having(numbered(120)))
    job = await probing(db, job_id, fetcher)
    told = [each for each in await asked(job) if each.role == "listed"]
    kept = await rows(db, job_id)
    assert len(told) == 120
    assert {each.loc for each in told} == {SITE + path for path in numbered(120)}
    assert all(fetcher.count(SITE + path) == 1 for path in numbered(120))
    assert set(kept) == {*numbered(120), "/"}
    assert (kept["/61"].position, kept["/61"].document_id) == (62, kept["/0"].document_id)
    assert fetcher.open == 0


async def test_what_pages_answer_is_kept(db: Database) -> None:
    head = '<title>Lamp</title><meta name=robots content=noindex><link rel=canonical href="/l">'
    pages = {
        f"{SITE}/lamp": Reply(
            head.encode(), facts={**HTML, "last_modified": "Fri, 02 Jan 2026 00:00:00 GMT"}
        ),
        f"{SITE}/old": Reply(to=f"{SITE}/lamp"),
        f"{SITE}/late": Reply(fault="timeout-read"),
        f"{SITE}/a.pdf": Reply(b"%PDF", facts={"robots_tags": ("noindex",)}),
    }
    job_id = await recorded(db, site(a=["/lamp", "/old", "/late", "/a.pdf", "/gone"]))
    await asked(await probing(db, job_id, DictFetcher(pages)))
    kept = await rows(db, job_id)
    lamp, old, late, pdf, gone = (kept[path] for path in ("/lamp", "/old", "/late", "/a.pdf", "/gone"))
    assert (lamp.status_code, lamp.title, lamp.noindex, lamp.method) == (200, "Lamp", "meta", "GET")
    assert lamp.canonicals == [{"href": f"{SITE}/l", "by": "link"}]
    assert (lamp.last_modified, len(lamp.digest or b"")) == ("Fri, 02 Jan 2026 00:00:00 GMT", 32)
    assert (old.final_url, old.hops) == (f"{SITE}/lamp", [[f"{SITE}/old", 302]])
    assert (late.status_code, late.error) == (None, "timeout-read")
    assert (pdf.method, pdf.digest, pdf.noindex) == ("HEAD", None, "header")
    assert gone.status_code == 404


async def test_answers_are_recorded_in_groups_and_nothing_is_open_while_waiting(
    db: Database, job_id: str
) -> None:
    gate = asyncio.Event()
    # The home page is the last to be asked: from then on, nothing is looked up.
    slow = ["/119", "/"]
    fetcher = DictFetcher({**having(numbered(110)), **having(slow, Reply(b"", gate=gate))})
    sizes = list[int]()
    async with aclosing(probe_pages(await probing(db, job_id, fetcher))) as groups:
        async for group in groups:
            sizes.append(len(group))
            assert len(await rows(db, job_id)) == sum(sizes)
            if sum(sizes) >= 100 and not gate.is_set():
                await fetcher.wait_until_only(*having(slow))
                assert all(out == 0 for out, _ in db.count_connections().values())
                gate.set()
    assert max(sizes) <= MAX_GROUP
    assert sum(sizes) == 121


async def test_what_was_answered_is_kept_when_the_run_is_cancelled(db: Database, job_id: str) -> None:
    fetcher = DictFetcher(
        {**having(numbered(15)), **having(numbered(120)[15:], Reply(b"", gate=asyncio.Event()))}
    )
    job = await probing(db, job_id, fetcher)
    running = asyncio.create_task(asked(job))
    await fetcher.wait_until_only(*(f"{SITE}/{n}" for n in range(15, 15 + SETTINGS.per_host)))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    kept = await rows(db, job_id)
    assert set(numbered(12)) <= set(kept) <= set(numbered(15))
    again = DictFetcher(having(numbered(120)))
    await asked(await probing(db, job_id, again))
    assert set(again.urls_for(Purpose.PAGE)).isdisjoint(SITE + path for path in kept)
    assert len(await rows(db, job_id)) == 121


async def test_a_larger_sample_contains_the_smaller_one(db: Database, job_id: str) -> None:
    kept = list[set[str]]()
    for size in (5, 20, 60, 130):
        fetcher = DictFetcher(having(numbered(120)))
        await asked(await probing(db, job_id, fetcher, SampleSize(size)))
        assert kept == [] or set(fetcher.urls_for(Purpose.PAGE)).isdisjoint(SITE + path for path in kept[-1])
        kept.append(set(await rows(db, job_id)))
    assert all(small < large for small, large in itertools.pairwise(kept))
    assert kept[-1] == {*numbered(120), "/"}


async def test_a_host_that_fails_is_left_alone_and_tried_by_the_next_run(db: Database, job_id: str) -> None:
    failing = DictFetcher(having(numbered(120), Reply(fault="connection-refused")))
    job = await probing(db, job_id, failing, max_failures=5)
    await asked(job)
    known = len(await rows(db, job_id))
    assert 5 <= known < 15
    assert job.skipped == {"host-failing": 120 - known}
    working = DictFetcher(having(numbered(120)))
    await asked(await probing(db, job_id, working))
    assert len(await rows(db, job_id)) == 121


async def test_many_missing_pages_are_no_reason_to_stop(db: Database, job_id: str) -> None:
    job = await probing(db, job_id, DictFetcher({}), max_failures=1)
    told = await asked(job)
    assert {each.status_code for each in told} == {404}
    assert (len(told), job.skipped) == (121, {})


async def test_pages_of_other_hosts_are_asked_by_their_own_robots_txt(db: Database) -> None:
    other = "https://other.example"
    job_id = await recorded(db, site(a=["/a"]) | {f"{SITE}/a.xml": urlset(f"{other}/x", f"{other}/y")})
    pages = {f"{other}/robots.txt": b"User-agent: *\nDisallow: /x\nCrawl-delay: 3\n", f"{other}/y": PAGE}
    fetcher = DictFetcher(pages)
    told = {each.loc: each for each in await asked(await probing(db, job_id, fetcher))}
    assert told[f"{other}/x"].error == "robots-disallowed"
    assert told[f"{other}/y"].status_code == 200
    assert fetcher.count(f"{other}/x") == 0
    requests = [each for each in fetcher.log if each.url == f"{other}/y"]
    assert [(each.delay, each.credentials_url) for each in requests] == [(3.0, f"{SITE}/")]


async def test_some_of_the_pages_that_were_removed_are_asked_too(db: Database) -> None:
    paths = numbered(200)
    await recorded(db, site(a=paths))
    job_id = await recorded(db, site(a=paths[:10]))
    told = await asked(await probing(db, job_id, DictFetcher(having(paths))))
    roles = [each.role for each in told]
    assert (roles.count("listed"), roles.count("removed"), roles.count("home")) == (
        10,
        probe_store.MAX_REMOVED,
        1,
    )
    async with db.reading() as session:
        result = await probe_result.load_probe_result(session, "default", job_id, {})
    assert (result.asked, result.of) == (10, 10)


async def test_pages_go_with_their_job(db: Database, job_id: str) -> None:
    await asked(await probing(db, job_id, DictFetcher(having(numbered(120)))))
    async with db.transaction() as session:
        await session.execute(delete(JobRow).where(JobRow.id == job_id))
    async with db.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Probe)) == 0


async def test_whichever_step_fails_only_whole_groups_remain_and_the_next_run_goes_on(
    db: Database, job_id: str
) -> None:
    pages = having(numbered(120))
    with injected(Faults()) as faults:
        await asked(await probing(db, job_id, DictFetcher(pages)))
    steps = len(faults.seen)
    assert steps > 10
    for nth in range(3, steps, 2):
        async with db.transaction() as session:
            await session.execute(delete(Probe))
        job = await probing(db, job_id, DictFetcher(pages))
        # How many groups there are is a matter of time: the last of them may not come.
        with injected(Faults(nth, fail)) as faults, contextlib.suppress(StorageError):
            await asked(job)
            assert len(faults.seen) < nth, f"step {nth} failed, and nobody was told"
        assert all(out == 0 for out, _ in db.count_connections().values())
        known = set(await rows(db, job_id))
        again = DictFetcher(pages)
        await asked(await probing(db, job_id, again))
        assert set(again.urls_for(Purpose.PAGE)).isdisjoint(SITE + path for path in known)
        assert len(await rows(db, job_id)) == 121
