"""Removing old jobs: which go, what goes with them, and what happens beside jobs that run."""

import datetime as dt
import hashlib
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from sitemap_cli.errors import SitemapError
from sitemap_cli.progress import PruneProgress
from sitemap_cli.services.catalog import domain_catalog
from sitemap_cli.services.catalog.pruning import KeepRule
from sitemap_cli.services.recording import domains
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.history_models import History, url_times
from sitemap_cli.storage.models import (
    Batch,
    Document,
    Domain,
    Finding,
    Job,
    Probe,
    Robots,
    RobotsBody,
    Sitemap,
    children,
    entries,
)
from sitemap_cli.tasks import prune as prune_task
from sitemap_cli.tasks.prune import Pruning, apply_policy, estimate_pruning
from tests.integration.recorded_nights import NOW, TENANT, Recorder, count_rows, list_left, prune


@pytest.fixture
def recorder(db: Database) -> Recorder:
    return Recorder(db)


def days(age: int) -> dict[str, Any]:
    return {"since": NOW - dt.timedelta(days=age)}


@pytest.mark.parametrize(
    ("kinds", "rule", "left"),
    [
        # The newest jobs, and as many complete ones, however many failed after them.
        ("c c c c c", {"keep": 3}, [2, 3, 4]),
        ("c c c p f f f", {"keep": 2}, [1, 2, 3, 5, 6]),
        ("c c c p f f f", {"keep": 1}, [2, 3, 6]),
        ("p f f f f", {"keep": 2}, [0, 3, 4]),
        ("f f f f", {"keep": 1}, [3]),
        ("i i c c c", {"keep": 2}, [3, 4]),
        # Jobs that have not ended are no reason to remove another one, and are kept.
        ("c w c c w w", {"keep": 2}, [1, 2, 3, 4, 5]),
        # By age: two complete ones stay, and the last one.
        ("c c c c c", days(2), [2, 3, 4]),
        ("c c c c f", days(0), [2, 3, 4]),
        ("c c c c f", {"keep": 1, **days(0)}, [3, 4]),
        ("c c p f f", days(0), [0, 1, 2, 4]),
        # Both: a job goes only if both allow it.
        ("c c c c c c", {"keep": 4, **days(1)}, [2, 3, 4, 5]),
        ("c c c c c c", {"keep": 2, **days(3)}, [2, 3, 4, 5]),
        # What a check compares with: the last two that it passed or the user accepted, else unjudged ones.
        ("c+ c* c! c! c!", {"keep": 2}, [0, 1, 3, 4]),
        ("c+ c+ c* c! c! c!", {"keep": 1}, [2, 5]),
        ("c c c! c! c!", {"keep": 2}, [0, 1, 3, 4]),
        ("c c+ c! c! c!", {"keep": 2}, [0, 1, 3, 4]),
        ("c c+ c! c! c!", {"keep": 1}, [1, 4]),
        ("c+ f f f p f f", days(0), [0, 4, 6]),
    ],
)
async def test_the_newest_jobs_are_kept_and_what_others_are_compared_with(
    kinds: str, rule: dict[str, Any], left: list[int], db: Database, recorder: Recorder
) -> None:
    job_ids = await recorder.record("a.example", kinds.split())
    progress = await prune(db, **rule)
    assert await list_left(db, job_ids) == left
    assert progress.jobs == len(job_ids) - len(left)
    assert await count_rows(db, Job) == [len(left)]


async def test_each_history_and_each_tenant_has_jobs_of_its_own(db: Database, recorder: Recorder) -> None:
    same = [
        await recorder.record("a.example", "ccc", **values)
        for values in ({}, {"history": "/blog/"}, {"is_local": True}, {"is_local": True, "history": "/blog/"})
    ]
    foreign = await recorder.record("a.example", "ccc", tenant="other")
    await prune(db, keep=1)
    assert [await list_left(db, each) for each in same] == [[2]] * 4
    assert (await count_rows(db, Job)) == [4 + len(foreign)]


async def test_what_only_removed_jobs_use_goes_and_nothing_else(db: Database, recorder: Recorder) -> None:
    use = {0: ["old", "shared", "probed"], 1: ["shared", "index"], 2: ["new", "shared"]}
    job_ids = await recorder.record("a.example", "ccc", use)
    await recorder.record("b.example", "c", {0: ["index"]})
    async with db.transaction() as session:
        for job_id, body in zip(job_ids, (b"old", b"same", b"same"), strict=True):
            digest = hashlib.sha256(body).digest()
            known = await session.scalar(select(RobotsBody).where(RobotsBody.digest == digest))
            body_row = known or RobotsBody(tenant=TENANT, digest=digest, body=body)
            session.add(body_row)
            await session.flush()
            session.add(Robots(job_id=job_id, body_id=body_row.id, url="r", final_url="r"))
            finding = {"rule": "SM1", "name": "x", "severity": "info", "message": "m", "count": 1}
            session.add(Finding(job_id=job_id, **finding))
        probed = await recorder.ensure_document(session, "probed")
        page = {"role": "listed", "loc": "x", "method": "GET", "final_url": "x", "ms": 1, "asked_at": NOW}
        session.add(Probe(job_id=job_ids[2], document_id=probed, position=1, key=b"k" * 16, **page))
        session.add(Probe(job_id=job_ids[0], document_id=probed, position=1, key=b"k" * 16, **page))

    dry = PruneProgress()
    await estimate_pruning(Pruning(db, KeepRule(TENANT, 1), dry))
    done = await prune(db, keep=1)
    async with db.reading() as session:
        digests = set(await session.scalars(select(Document.digest)))
        bodies = (await session.scalars(select(RobotsBody.body))).all()
    assert digests == {hashlib.sha256(each).digest() for each in (b"shared", b"new", b"index", b"probed")}
    assert list(bodies) == [b"same"]
    tables = (Job, Sitemap, Robots, Finding, Probe, entries, children)
    assert await count_rows(db, *tables) == [2, 3, 1, 1, 1, 4 * 3, 4]
    assert (done.jobs, done.documents, done.urls) == (dry.jobs, dry.documents, dry.urls) == (2, 1, 3)
    assert 0 < dry.bytes <= done.bytes


async def test_documents_that_others_have_left_go_with_the_next_prune(
    db: Database, recorder: Recorder
) -> None:
    job_ids = await recorder.record("a.example", "cc", {0: ["left"], 1: ["kept"]})
    async with db.transaction() as session:
        await session.execute(delete(Sitemap).where(Sitemap.job_id == job_ids[0]))
        session.add(RobotsBody(tenant=TENANT, digest=b"d" * 32, body=b"left"))
    dry = PruneProgress()
    await estimate_pruning(Pruning(db, KeepRule(TENANT, 5), dry))
    done = await prune(db, keep=5)
    assert (done.jobs, done.documents, done.urls) == (dry.jobs, dry.documents, dry.urls) == (0, 1, 3)
    assert await count_rows(db, Document, RobotsBody, entries) == [1, 0, 3]


async def test_the_beginning_of_a_history_and_the_times_of_its_urls_survive(
    db: Database, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prune_task, "TIMES_PER_STEP", 1)
    await recorder.record("a.example", "fcccc")
    await recorder.record("b.example", "ccccc", history="/x/")
    async with db.transaction() as session:
        b = await session.scalar(select(Domain.id).where(Domain.name == "b.example"))
        session.add(History(tenant=TENANT, domain_id=b, history="/x/", is_local=False, since=NOW))
        await session.flush()
        history = await session.scalar(select(History.id))
        oldest_kept = int((NOW - dt.timedelta(days=1)).timestamp())
        moments = [
            (-(2**63), None, oldest_kept - 1),
            (1, None, oldest_kept - 1),
            (2, 5, oldest_kept - 9),
            (3, None, oldest_kept),
            (4, 7, None),
            (2**63 - 1, None, oldest_kept - 1),
        ]
        rows = [
            {"history_id": history, "key": key, "first_seen": first, "last_seen": last}
            for key, first, last in moments
        ]
        await session.execute(insert(url_times), rows)
    await prune(db, keep=2)
    async with db.reading() as session:
        rows = await session.execute(select(History.history, History.since))
        since = {row.history: row.since for row in rows}
        keys = (await session.scalars(select(url_times.c.key).order_by(url_times.c.key))).all()
    assert since == {"/": NOW - dt.timedelta(days=3), "/x/": NOW}
    assert list(keys) == [3, 4]


async def test_batches_go_with_their_last_job(db: Database, recorder: Recorder) -> None:
    async with db.transaction() as session:
        for each, finished in (("old", NOW), ("new", NOW), ("unfinished", None)):
            values = {"tenant": TENANT, "source": "x", "status": "completed", "created_at": NOW}
            session.add(Batch(id=each, finished_at=finished, **values))
    await recorder.record("a.example", "c", batch_id="old")
    await recorder.record("a.example", "c", batch_id="unfinished")
    await recorder.record("a.example", "c", batch_id="new")
    await prune(db, keep=1)
    async with db.reading() as session:
        assert set(await session.scalars(select(Batch.id))) == {"new", "unfinished"}


async def test_a_policy_prunes_the_domains_of_its_jobs_or_batch(db: Database, recorder: Recorder) -> None:
    async with db.transaction() as session:
        values = {"tenant": TENANT, "source": "x", "status": "completed", "created_at": NOW}
        session.add(Batch(id="batch", finished_at=NOW, **values))
    a, b, c = [await recorder.record(f"{each}.example", "cccc") for each in "abc"]
    await recorder.record("b.example", "c", batch_id="batch")
    settings = Settings(keep=2)
    await apply_policy(db, Settings(), PruneProgress(), job_ids=a)
    assert await list_left(db, a) == [0, 1, 2, 3]
    await apply_policy(db, settings, PruneProgress(), job_ids=a[3:])
    await apply_policy(db, settings, PruneProgress(), batch_id="batch")
    assert [await list_left(db, each) for each in (a, b, c)] == [[2, 3], [3], [0, 1, 2, 3]]


async def test_trouble_of_a_policy_is_only_logged(
    db: Database, recorder: Recorder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    job_ids = await recorder.record("a.example", "cccc")

    async def fail(*_: Any) -> None:
        raise SitemapError("no space left", where="disk")

    monkeypatch.setattr(prune_task, "_run_step", fail)
    await apply_policy(db, Settings(keep=2), PruneProgress(), job_ids=job_ids)
    assert "old jobs were not removed: no space left" in caplog.text
    assert await list_left(db, job_ids) == [0, 1, 2, 3]


async def test_removed_domains_leave_nothing(db: Database, recorder: Recorder) -> None:
    await recorder.record("a.example", "cc", {0: ["own", "shared"], 1: ["own"]})
    kept = await recorder.record("b.example", "c", {0: ["shared"]})
    async with db.transaction() as session:
        domain_id = await domains.find_domain_id(session, TENANT, "a.example")
        assert await domain_catalog.delete_domains(session, TENANT, [domain_id]) == 2
    await prune_task.delete_removed_rows(db, PruneProgress())
    assert await list_left(db, kept) == [0]
    assert await count_rows(db, Job, Sitemap, Document, entries) == [1, 1, 1, 3]
