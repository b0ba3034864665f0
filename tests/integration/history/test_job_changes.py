"""A complete job records what changed since the previous complete one, and since when URLs are listed."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from sitemap_cli.crawl import targets
from sitemap_cli.model.change_counts import ChangeCounts
from sitemap_cli.services.history import job_changes
from sitemap_cli.services.history.url_times import load_times, make_key
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.history_models import History, url_times
from sitemap_cli.storage.models import Job
from tests.fakes import DictFetcher, Reply
from tests.integration.analyzed_job import record_analysis
from tests.web import index

SITE = "https://shop.test"
SETTINGS = Settings(no_known_paths=True, retries=0)
Listed = Mapping[str, str]
"""The lastmods of URLs, by their paths."""


def make_site(*sitemaps: Listed | None) -> dict[str, Any]:
    names = [f"{SITE}/{number}.xml" for number, _ in enumerate(sitemaps)]
    pages: dict[str, Any] = {
        f"{SITE}/robots.txt": f"Sitemap: {SITE}/sitemap.xml\n".encode(),
        f"{SITE}/sitemap.xml": index(*names),
    }
    bodies = [Reply(b"", 503) if listed is None else make_sitemap(listed) for listed in sitemaps]
    return pages | dict(zip(names, bodies, strict=True))


def make_sitemap(listed: Listed) -> bytes:
    entries = (
        f"<url><loc>{SITE}{path}</loc><lastmod>{lastmod}</lastmod></url>" for path, lastmod in listed.items()
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(entries)}</urlset>'.encode()


async def record_nights(db: Database, nights: Sequence[Sequence[Listed | None]]) -> list[str]:
    target = targets.parse_target("shop.test")
    return [await record_analysis(db, target, DictFetcher(make_site(*night)), SETTINGS) for night in nights]


async def load_counts(db: Database, job_id: str) -> ChangeCounts | None:
    async with db.reading() as session:
        changes = (await session.get_one(Job, job_id)).changes
    return None if changes is None else msgspec.convert(changes, ChangeCounts)


OLD, NEW = "2026-11-01", "2026-11-02"


async def test_a_first_and_an_unchanged_job_record_no_changes(db: Database) -> None:
    jobs = await record_nights(db, [[{"/a": OLD}], [{"/a": OLD}]])
    assert [await load_counts(db, each) for each in jobs] == [None, None]
    async with db.reading() as session:
        assert await session.scalar(select(func.count()).select_from(History)) == 0


async def test_changes_are_counted_against_the_previous_complete_job(db: Database) -> None:
    nights = [
        [{"/a": OLD, "/b": OLD, "/c": OLD}, {"/x": OLD}],
        [{"/a": OLD}, None],
        [{"/a": NEW, "/b": NEW, "/d": OLD}, {"/x": OLD}],
    ]
    first, partial, last = await record_nights(db, nights)
    assert await load_counts(db, partial) is None
    assert await load_counts(db, last) == ChangeCounts(
        previous=first, added=1, removed=1, changed=2, lastmod=2, entry=0, both=0, same_lastmod=2
    )


@pytest.mark.parametrize("step", [50_000, 1])
async def test_times_of_urls_that_come_and_go_are_recorded(
    db: Database, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_changes, "STEP", step)
    monkeypatch.setattr("sitemap_cli.tasks.job_ending.SMALL_JOB", 10_000 if step > 1 else 0)
    always = {"/always": OLD}
    nights = [
        [always | {"/gone": OLD, "/back": OLD}],
        [always | {"/new": OLD, "/newer": OLD}],
        [always | {"/new": NEW, "/back": OLD}],
    ]
    jobs = await record_nights(db, nights)
    paths = ("/always", "/gone", "/back", "/new", "/newer")
    async with db.reading() as session:
        starts = [int((await session.get_one(Job, each)).created_at.timestamp()) for each in jobs]
        history = (await session.scalars(select(History))).one()
        keys = {path: make_key(f"{SITE}{path}") for path in paths}
        found = await load_times(session, history.id, keys.values())
        count = await session.scalar(select(func.count()).select_from(url_times))
    assert int(history.since.timestamp()) == starts[0]
    assert count == 4
    assert {path: found.get(keys[path]) for path in paths} == {
        "/always": None,
        "/gone": (None, starts[0]),
        "/back": (None, None),
        "/new": (starts[1], None),
        "/newer": (starts[1], starts[1]),
    }


async def test_jobs_of_another_part_of_the_site_have_a_history_of_their_own(db: Database) -> None:
    nights = [make_site({"/a/1": OLD}), make_site({"/a/1": OLD, "/a/2": OLD})]
    for target in ("shop.test", "shop.test/a/"):
        for night in nights:
            await record_analysis(db, targets.parse_target(target), DictFetcher(night), SETTINGS)
    async with db.reading() as session:
        histories = (await session.scalars(select(History.history).order_by(History.id))).all()
        count = await session.scalar(select(func.count()).select_from(url_times))
    assert (histories, count) == (["/", "/a/"], 2)
