"""Sitemaps that were not read are recorded in groups, the others alone."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from sitemap_cli.crawl.fetched_sitemap import DiscoveredUrl, FetchedSitemap, build_unfetched
from sitemap_cli.fetch.interface import Response
from sitemap_cli.model.results import JobResult
from sitemap_cli.model.values import DiscoveredBy, Fault
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks.grouping import MAX_GROUP, group_unread
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


# The groups themselves


def sitemap(name: str) -> FetchedSitemap:
    """Return a sitemap that was read if its name is in capitals, else one that was not requested."""
    found = DiscoveredUrl(name, DiscoveredBy.INDEX)
    if name.isupper():
        return FetchedSitemap(found, Response(name, name, 404), None, None)
    return build_unfetched(found, Fault("deadline", "no time"))


async def deliver(*names: str, then: Exception | None = None) -> AsyncGenerator[FetchedSitemap]:
    for name in names:
        yield sitemap(name)
    if then is not None:
        raise then


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("", []),
        ("A", ["A"]),
        ("ABC", ["A", "B", "C"]),
        ("abc", ["abc"]),
        ("abCDef", ["ab", "C", "D", "ef"]),
        ("a" * (2 * MAX_GROUP + 1), ["a" * MAX_GROUP, "a" * MAX_GROUP, "a"]),
    ],
)
async def test_the_order_is_kept(names: str, expected: list[str]) -> None:
    groups = [group async for group in group_unread(deliver(*names))]
    assert ["".join(each.discovered.url for each in group) for group in groups] == expected


async def test_a_group_does_not_wait_for_a_slow_sitemap() -> None:
    gate = asyncio.Event()

    async def slow() -> AsyncGenerator[FetchedSitemap]:
        yield sitemap("a")
        await gate.wait()
        yield sitemap("B")

    groups = []
    async for group in group_unread(slow()):
        groups.append([each.discovered.url for each in group])
        gate.set()
    assert groups == [["a"], ["B"]]


async def test_closing_while_the_next_sitemap_is_awaited_leaves_nothing_running() -> None:
    closed = asyncio.Event()

    async def endless() -> AsyncGenerator[FetchedSitemap]:
        try:
            yield sitemap("a")
            await asyncio.Event().wait()
        finally:
            closed.set()

    async with aclosing(endless()) as sitemaps, aclosing(group_unread(sitemaps)) as groups:
        assert len(await anext(groups)) == 1
    assert closed.is_set()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_an_exception_of_the_source_is_raised() -> None:
    with pytest.raises(ValueError, match="ours"):
        _ = [group async for group in group_unread(deliver("A", "b", then=ValueError("ours")))]
