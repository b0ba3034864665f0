"""Small sitemaps are recorded in groups, large ones alone."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl.fetched_sitemap import DiscoveredUrl, FetchedSitemap
from sitemap_cli.crawl.fetchers import Fetchers
from sitemap_cli.crawl.http_cache import NoCache
from sitemap_cli.crawl.targets import parse_target
from sitemap_cli.fetch.interface import Response
from sitemap_cli.model.results import JobResult
from sitemap_cli.model.values import DiscoveredBy
from sitemap_cli.progress import Progress
from sitemap_cli.services.catalog import batches
from sitemap_cli.services.recording import jobs
from sitemap_cli.services.shared.ids import generate_id
from sitemap_cli.settings import Settings
from sitemap_cli.storage import statements
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks import grouping
from sitemap_cli.tasks.grouping import MAX_GROUP, group_sitemaps
from sitemap_cli.tasks.run_job import RunContext, run_pending_job
from tests.faults import Faults, injected
from tests.runs import analyze_target
from tests.web import Answer, Site, index, robots, urlset


async def analyze(db: Database, site: Site) -> JobResult:
    return await analyze_target(db, Settings(allow_private=True), site.url)


async def test_a_thousand_sitemaps_that_were_not_requested_take_few_transactions(
    db: Database, site: Site
) -> None:
    forbidden = [f"{site.url}/c/{n}.xml" for n in range(1_200)]
    robots(site, "User-agent: *", "Disallow: /c/", f"Sitemap: {site.url}/index.xml")
    site.routes["/index.xml"] = Answer(index(*forbidden, f"{site.url}/a.xml"))
    site.routes["/a.xml"] = Answer(urlset(f"{site.url}/1"))
    with injected(Faults()) as faults:
        result = await analyze(db, site)
    assert faults.seen.count("commit") < 100
    rows = [(each.url, each.status_code, each.error, each.urls) for each in result.sitemaps]
    assert rows == [
        (f"{site.url}/index.xml", 200, None, 0),
        *((each, None, "robots-disallowed", 0) for each in forbidden),
        (f"{site.url}/a.xml", 200, None, 1),
    ]
    assert (result.verdict, result.totals.urls) == ("partial", 1)


@pytest.fixture
def shop(site: Site) -> Site:
    """A site of an index and two small sitemaps."""
    robots(site, f"Sitemap: {site.url}/index.xml")
    site.routes["/index.xml"] = Answer(index(f"{site.url}/a.xml", f"{site.url}/b.xml"))
    for name in "ab":
        site.routes[f"/{name}.xml"] = Answer(urlset(*(f"{site.url}/{name}/{n}" for n in range(150))))
    return site


async def count_steps(db: Database, site: Site) -> tuple[int, int]:
    """Return the numbers of statements and transactions of one job, after it was recorded as running."""
    parsed = parse_target(site.url)
    fetchers, settings = Fetchers(Settings(allow_private=True)), Settings(allow_private=True)
    async with db.transaction() as session:
        (job_id,) = await batches.record_batch(
            session, generate_id(), tenant="default", source="-", holder=None, targets=[parsed]
        )
        job = await jobs.find_runnable_job(session, "default", job_id)
    assert job is not None
    try:
        with injected(Faults()) as faults:
            verdict = await run_pending_job(RunContext(db, fetchers, settings), job, Progress(), None)
    finally:
        await fetchers.close()
    assert verdict == "ok"
    return sum(each.startswith(("execute", "copy")) for each in faults.seen), faults.seen.count("commit")


async def test_a_small_job_takes_few_statements_in_two_transactions(db: Database, shop: Site) -> None:
    """The first starts it; the second records all sitemaps, the totals and the ending."""
    is_sqlite = db.url.get_backend_name() == "sqlite"
    statements, transactions = await count_steps(db, shop)
    # SQLite has a statement of its own for entries that fill no hundred rows; Postgres has two for the lock.
    assert (transactions, statements) == (2, 16 if is_sqlite else 17)
    # The jobs whose indexes are compared come first: joined with their sitemaps, Postgres reads all of them.
    statements, transactions = await count_steps(db, shop)
    assert (transactions, statements) == (2, 13 if is_sqlite else 15)


async def test_the_statements_of_a_small_job_go_straight_to_sqlite(
    db: Database, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLAlchemy would take several times as long for each as SQLite does."""
    by_session = list[str]()
    execute = AsyncSession.execute

    async def noted(self: AsyncSession, statement: Any, *arguments: Any, **options: Any) -> Any:
        if statements.find_brief(self) is not None:
            by_session.append(str(statement))
        return await execute(self, statement, *arguments, **options)

    monkeypatch.setattr(AsyncSession, "execute", noted)
    for _ in range(2):
        await count_steps(db, shop)
    # The second job has nothing new, so it compares what the first one listed.
    assert by_session == []


async def test_large_documents_are_recorded_alone(db: Database, shop: Site, monkeypatch) -> None:
    monkeypatch.setattr(grouping, "SMALL_BYTES", 4_000)
    with injected(Faults()) as faults:
        result = await analyze(db, shop)
    assert result.totals.urls == 300
    assert sum(each.startswith("execute INSERT INTO sitemaps") for each in faults.seen) == 3


# The groups themselves


class Crawl:
    """A crawl of sitemaps whose names are given: capitals are large, the others small."""

    def __init__(self, *names: str, then: Exception | None = None) -> None:
        self.finished = list[str]()
        self._names, self._then = names, then
        self._ready = asyncio.Queue[None]()

    def remind_at(self, when: float) -> None:
        asyncio.get_running_loop().call_at(when, self._ready.put_nowait, None)

    def finish_sitemap(self, sitemap: FetchedSitemap, _children: object) -> None:
        self.finished.append(sitemap.discovered.url)

    async def iterate_sitemaps(self) -> AsyncGenerator[FetchedSitemap | None]:
        for name in self._names:
            if name == "wait":
                yield await self._ready.get()
                continue
            size = grouping.SMALL_BYTES + 1 if name.isupper() else 100
            found = DiscoveredUrl(name, DiscoveredBy.INDEX)
            yield FetchedSitemap(found, Response(name, name, 404, bytes=size), None, None)
        if self._then is not None:
            raise self._then


async def collect(crawl: Crawl, **settings: Any) -> list[str]:
    """Return the names in each group; the last one has an exclamation mark."""
    job = SimpleNamespace(settings=Settings(**settings))
    analysis: Any = SimpleNamespace(crawl=crawl, cache=NoCache(), job=job)
    async with aclosing(crawl.iterate_sitemaps()) as sitemaps:
        groups = [each async for each in group_sitemaps(analysis, sitemaps)]
    return [
        "".join(each.sitemap.discovered.url for each in group.sitemaps) + "!" * group.is_last
        for group in groups
    ]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("", []),
        ("A", ["A"]),
        ("ABC", ["A", "B", "C"]),
        ("abc", ["abc!"]),
        ("abCDef", ["ab", "C", "D", "ef!"]),
        ("abC", ["ab", "C"]),
        ("a" * (2 * MAX_GROUP + 1), ["a" * MAX_GROUP, "a" * MAX_GROUP, "a!"]),
    ],
)
async def test_the_order_is_kept(names: str, expected: list[str]) -> None:
    assert await collect(Crawl(*names)) == expected


async def test_a_group_has_few_bytes(monkeypatch) -> None:
    monkeypatch.setattr(grouping, "MAX_BYTES", 250)
    assert await collect(Crawl(*"abcdefg")) == ["abc", "def", "g!"]


async def test_with_a_limit_on_urls_each_sitemap_is_a_group() -> None:
    assert await collect(Crawl(*"abc"), max_urls=10) == ["a", "b", "c"]


async def test_a_group_does_not_wait_for_a_slow_sitemap() -> None:
    crawl = Crawl("a", "b", "wait", "c")
    assert await collect(crawl) == ["ab", "c!"]


async def test_small_sitemaps_are_finished_before_they_are_recorded_and_large_ones_are_not() -> None:
    crawl = Crawl(*"abCd")
    await collect(crawl)
    assert crawl.finished == ["a", "b", "d"]


async def test_an_exception_of_the_crawl_is_raised() -> None:
    with pytest.raises(ValueError, match="ours"):
        await collect(Crawl("A", "b", then=ValueError("ours")))
