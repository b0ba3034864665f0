"""Pruning beside jobs that run, and pruning that was killed."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update

from sitemap_cli.crawl.targets import parse_target
from sitemap_cli.errors import NotFoundError
from sitemap_cli.model.values import Status
from sitemap_cli.services.catalog import pruning, removal
from sitemap_cli.services.recording import document_store, domains, jobs
from sitemap_cli.services.reporting import listed_urls
from sitemap_cli.services.shared import ids
from sitemap_cli.settings import Settings
from sitemap_cli.storage import models
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Document, Job, Sitemap, entries
from sitemap_cli.tasks import analyze
from sitemap_cli.tasks import prune as prune_task
from tests.integration.recorded_nights import NOW, TENANT, Recorder, count_rows, list_left, prune
from tests.runs import analyze_target
from tests.web import Answer, Site, robots, urlset, validated


@pytest.fixture
def recorder(db: Database) -> Recorder:
    return Recorder(db)


async def test_a_prune_that_was_killed_after_any_step_is_completed(
    db: Database, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in (
        (removal, "ROWS_PER_STEP"),
        (removal, "CONTENT_PER_STEP"),
        (pruning, "JOBS_PER_STEP"),
    ):
        monkeypatch.setattr(module, name, 2)
    monkeypatch.setattr(removal, "DOCUMENTS_PER_STEP", 2)
    steps = count(1)
    for limit in count(1):
        use = {n: [f"{limit} {n} {m}" for m in range(3)] for n in range(4)}
        job_ids = await recorder.record(f"{limit}.example", "cccc", use)
        left = iter(range(limit))

        async def run_step(pruning_: Any, step: Any, left: Any = left) -> Any:
            if next(left, None) is None:
                raise KeyboardInterrupt
            next(steps)
            async with pruning_.db.transaction() as session:
                return await step(session)

        with monkeypatch.context() as patched:
            patched.setattr(prune_task, "_run_step", run_step)
            try:
                await prune(db, keep=2)
                was_killed = False
            except KeyboardInterrupt:
                was_killed = True
        # Whatever is left of the tenant is whole.
        async with db.reading() as session:
            whole = (
                select(Job.id, func.count(Sitemap.id))
                .join(Sitemap)
                .where(Job.tenant == TENANT)
                .group_by(Job.id)
            )
            assert {urls for _, urls in await session.execute(whole)} == {3}
            listed = select(func.count()).where(entries.c.document_id == Document.id).scalar_subquery()
            used = select(Document.urls, listed).join(Sitemap).join(Job).where(Job.tenant == TENANT)
            assert {tuple(row) for row in await session.execute(used)} == {(3, 3)}
        if not was_killed:
            break
        await prune(db, keep=2)
        assert await list_left(db, job_ids) == [2, 3]
        assert await count_rows(db, Document, entries) == [limit * 6, limit * 18]
    assert next(steps) > 20


async def test_a_domain_with_a_running_job_is_skipped(db: Database, recorder: Recorder) -> None:
    busy = await recorder.record("a.example", "ccccr")
    idle = await recorder.record("b.example", "cccc")
    done = await prune(db, keep=2)
    assert (done.jobs, done.skipped) == (2, 1)
    assert (await list_left(db, busy), await list_left(db, idle)) == ([0, 1, 2, 3, 4], [2, 3])


@pytest.mark.postgres
@pytest.mark.parametrize("start", ["new", "pending", "resumed"])
async def test_a_domain_whose_job_is_just_starting_is_skipped(start: str, upgraded_postgres_url: str) -> None:
    async with Database.open(upgraded_postgres_url) as db:
        job_ids = await Recorder(db).record(
            "a.example", "cccc" + {"pending": "w", "resumed": "i"}.get(start, "")
        )
        async with db.reading() as session:
            domain_id = await domains.find_domain_id(session, TENANT, "a.example")
        async with db.transaction() as session:
            if start == "new":
                target = parse_target("a.example")
                await jobs.record_running_job(
                    session, ids.generate_id(), tenant=TENANT, domain_id=domain_id, target=target, holder="me"
                )
            else:
                if start == "resumed":
                    await jobs.reset_job(session, job_ids[-1])
                assert await jobs.mark_running(session, TENANT, domain_id, job_ids[-1], "me")
            assert (await prune(db, keep=2)).skipped == 1
        assert await list_left(db, job_ids) == list(range(len(job_ids)))
        assert (await prune(db, keep=2)).skipped == 1


@pytest.mark.postgres
async def test_a_document_that_a_transaction_is_about_to_use_is_kept(upgraded_postgres_url: str) -> None:
    async with Database.open(upgraded_postgres_url) as db:
        recorder = Recorder(db)
        job_ids = await recorder.record("a.example", "cc", {0: ["same", "other"], 1: ["kept"]})
        async with db.transaction() as session:
            digest = hashlib.sha256(b"same").digest()
            known = document_store.KEPT.where(Document.digest == digest)
            document = (await session.execute(known)).one()
            done = await prune(db, keep=1)
            assert (done.jobs, done.documents) == (1, 1)
            row = {
                each.name: 0 for each in models.table_of(Sitemap).c if not each.nullable and each.name != "id"
            }
            texts = dict.fromkeys(("url", "final_url", "discovered_by"), "x")
            values = {**row, **texts, "job_id": job_ids[1], "document_id": document.id, "fetched_at": NOW}
            await session.execute(insert(models.table_of(Sitemap)).values({**values, "unchanged": False}))
        assert (await prune(db, keep=1)).documents == 0
        assert await count_rows(db, Document, entries) == [2, 6]


async def test_a_job_that_runs_meanwhile_finds_the_documents_that_it_knows(
    db: Database, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sitemap failed in the last job: a job that is old enough to go has what the server confirms."""
    settings = Settings(allow_private=True, retries=0)
    robots(site, f"Sitemap: {site.url}/a.xml")
    site.routes["/a.xml"] = validated(urlset(f"{site.url}/1"), '"a"')
    first = await analyze_target(db, settings, site.url)
    good = site.routes["/a.xml"]
    site.routes["/a.xml"] = Answer(b"", status=500)
    await analyze_target(db, settings, site.url)
    async with db.transaction() as session:
        # The first one may go: another one is complete.
        await session.execute(update(Job).values(status=Status.COMPLETED))
        await session.execute(update(Job).where(Job.id == first.job_id).values(status=Status.PARTIAL))
    site.routes["/a.xml"] = good
    arrived, go_on = asyncio.Event(), asyncio.Event()
    load = analyze.load_cache

    async def load_and_wait(*arguments: Any) -> Any:
        cache = await load(*arguments)
        arrived.set()
        return cache

    async def wait_and_respond() -> Any:
        analysis = asyncio.create_task(analyze_target(db, settings, site.url))
        await arrived.wait()
        done = await prune(db, keep=1)
        go_on.set()
        return done, await analysis

    crawl = analyze.crawl_site

    @asynccontextmanager
    async def crawl_later(*arguments: Any) -> AsyncIterator[Any]:
        await go_on.wait()
        async with crawl(*arguments) as found:
            yield found

    monkeypatch.setattr(analyze, "load_cache", load_and_wait)
    monkeypatch.setattr(analyze, "crawl_site", crawl_later)
    done, result = await wait_and_respond()
    assert (done.jobs, done.skipped) == (0, 1)
    assert (result.verdict, result.totals.urls, result.sitemaps[0].status_code) == ("ok", 1, 304)
    assert (await prune(db, keep=1)).jobs == 2


async def test_urls_of_a_job_that_is_removed_meanwhile_are_no_whole_list(
    db: Database, recorder: Recorder
) -> None:
    (job_id,) = await recorder.record("a.example", "c", {0: ["own"]})
    chosen = listed_urls.UrlFilter()
    async with db.reading() as session:
        (window,) = await listed_urls.list_windows(session, job_id, chosen)
        assert len(await listed_urls.load_window(session, window, chosen, None, ["loc"])) == 1
    async with db.transaction() as session:
        await removal.mark_jobs_removed(session, [job_id])
        await session.execute(delete(Sitemap))
        assert await removal.mark_unused_documents(session, [window[0].sitemap.document_id]) == 1
    async with db.reading() as session:
        with pytest.raises(NotFoundError):
            await listed_urls.load_window(session, window, chosen, None, ["loc"])
