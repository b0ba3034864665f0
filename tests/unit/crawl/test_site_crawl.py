"""How a crawl ends: at the deadline, on demand, early, or because of a bug."""

import asyncio
import gc
import weakref
from contextlib import aclosing

import pytest

from sitemap_cli.crawl.site_crawl import crawl_site
from sitemap_cli.crawl.targets import parse_target
from sitemap_cli.crawl.verdicts import decide_verdict
from sitemap_cli.parse.xml import stream
from sitemap_cli.settings import Settings
from tests.fakes import DictFetcher, Reply
from tests.unit.crawl.crawls import (
    HOME,
    URLS,
    crawl,
    deliver,
    expire,
    named,
    nothing_left,
    open_crawl,
    read_outcome,
    tree,
)
from tests.web import index

ROOT = f"{HOME}index.xml"
NAMES = [f"{number}" for number in range(30)]
MANY = tree(index=NAMES, **dict.fromkeys(NAMES, URLS))


def stuck():
    """Return a reply that never comes."""
    return Reply(URLS, gate=asyncio.Event())


# The deadline


async def test_promised_sitemaps_that_were_not_read_in_time_are_reported():
    pages = tree(index=["a", "b", "c"], a=URLS, b=stuck(), c=stuck())
    late = named("b.xml", "c.xml")
    found = await crawl(pages, ROOT, waiting=late)
    assert found.errors == dict.fromkeys(late, "deadline")
    assert found.limits == ["deadline"]
    assert found.verdict == "partial"


async def test_sitemaps_that_were_never_begun_are_reported_too():
    pages = tree(index=["a", "b", "c"], a=stuck())
    found = await crawl(pages, ROOT, waiting=named("a.xml"), concurrency=1)
    assert found.errors == dict.fromkeys(named("a.xml", "b.xml", "c.xml"), "deadline")
    assert found.verdict == "timeout"


@pytest.mark.parametrize("path", ["robots.txt", "sitemap.xml", ""])
async def test_a_deadline_in_the_middle_of_the_search_is_no_absence(path):
    found = await crawl({HOME + path: stuck()}, waiting=[HOME + path])
    assert (found.sitemaps, found.limits, found.verdict) == ([], ["deadline"], "timeout")


async def test_what_was_read_in_time_is_delivered_however_busy_the_consumer_was():
    outcomes = []
    async with open_crawl(MANY, ROOT, concurrency=4) as (fetcher, running, found):
        async for each in found:
            outcomes.append(read_outcome(each))
            if len(outcomes) == 2:
                expire()
                for _ in iter(lambda: bool(running.limits_reached), True):
                    await asyncio.sleep(0)
        assert len(outcomes) == 31
        assert {each.reason for each in outcomes} == {None, "deadline"}
        read = [each for each in outcomes if each.is_readable]
        assert len(read) == fetcher.opened - 1, "no body that arrived is thrown away, robots.txt aside"
        assert decide_verdict([*running.outcomes, *outcomes], running.limits_reached) == "partial"


async def test_a_deadline_after_an_index_was_read_reports_every_sitemap_that_it_lists():
    many = index(*(f"{HOME}{number}.xml" for number in range(40_000)))
    found = await crawl(tree() | {ROOT: many}, ROOT, waiting=[f"{HOME}robots.txt"], max_sitemaps=50_000)
    assert set(found.errors.values()) == {"deadline"}
    assert found.urls[0] == ROOT
    assert len(found.urls) == 40_001


# Stopping


async def test_after_a_stop_nothing_is_begun():
    async with open_crawl(MANY, ROOT, concurrency=1) as (fetcher, running, found):
        read = [(await anext(found)).discovered.url for _ in range(2)]
        running.stop("max-urls", "enough")
        left = [each.discovered.url async for each in found]
        assert fetcher.urls == [ROOT, f"{HOME}robots.txt", *read[1:], *left]
        assert len(left) <= 1
        assert [(each.reason, each.message) for each in running.limits_reached] == [("max-urls", "enough")]


async def test_what_is_in_flight_at_a_stop_is_still_delivered():
    gate = asyncio.Event()
    children = dict.fromkeys(NAMES, Reply(URLS, gate=gate))
    async with open_crawl(tree(index=NAMES, **children), ROOT, concurrency=3) as (fetcher, running, found):
        await anext(found)
        waiting = asyncio.ensure_future(anext(found))
        await fetcher.wait_for_count(3)
        running.stop("max-urls", "enough")
        gate.set()
        assert len([await waiting, *[each async for each in found]]) == 3


async def test_a_stop_for_any_reason_ends_the_search_too():
    pages = tree(index=["a"]) | {f"{HOME}robots.txt": f"Sitemap: {HOME}gone.xml".encode()}
    async with open_crawl(pages) as (fetcher, running, found):
        async for _ in found:
            running.stop("interrupted", "stopped")
        assert fetcher.urls == [f"{HOME}robots.txt", f"{HOME}gone.xml"]


async def test_a_stop_after_the_end_changes_nothing():
    async with open_crawl(MANY, ROOT) as (_, running, found):
        assert len([each async for each in found]) == 31
        running.stop("max-urls", "enough")


async def test_a_stop_leaves_no_guess_waiting_for_another():
    pages = {f"{HOME}sitemap.xml": Reply(URLS, gate=(gate := asyncio.Event()))}
    async with open_crawl(pages, concurrency=1) as (fetcher, running, found):
        waiting = asyncio.ensure_future(anext(found))
        await fetcher.wait_for_url(f"{HOME}sitemap.xml")
        running.stop("max-urls", "enough")
        gate.set()
        assert (await waiting).discovered.url == f"{HOME}sitemap.xml"
        assert [each async for each in found] == []


# Leaving early


@pytest.mark.parametrize("concurrency", [1, 4, 100])
@pytest.mark.parametrize("seen", [1, 2, 9])
async def test_a_crawl_can_be_left_at_any_time(concurrency, seen):
    async with open_crawl(MANY, ROOT, concurrency=concurrency) as (_, _, found):
        async for each in found:
            assert each.response.body is not None
            if (seen := seen - 1) == 0:
                break


async def test_a_crawl_can_be_left_before_it_begins():
    fetcher = DictFetcher(MANY)
    async with nothing_left(fetcher), crawl_site(fetcher, parse_target(ROOT), Settings()):
        pass
    assert fetcher.urls == []


@pytest.mark.parametrize("path", ["robots.txt", "sitemap.xml", ""])
async def test_a_crawl_can_be_left_while_it_waits_for_a_response(path):
    fetcher = DictFetcher({HOME + path: stuck()})
    async with nothing_left(fetcher), crawl_site(fetcher, parse_target(HOME), Settings()):
        await fetcher.wait_for_url(HOME + path)


@pytest.mark.parametrize("turns", range(0, 60, 3))
async def test_a_crawl_can_be_left_at_every_turn(turns):
    async with open_crawl(MANY, ROOT, concurrency=4) as (_, _, found):
        waiting = asyncio.ensure_future(anext(found))
        for _ in range(turns):
            await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


async def consume(fetcher, target=ROOT, *, consumer=read_outcome, **settings):
    """Crawl to the end, as a task does."""
    async with (
        nothing_left(fetcher),
        crawl_site(fetcher, parse_target(target), Settings(**settings)) as running,
        aclosing(deliver(running)) as found,
    ):
        async for each in found:
            consumer(each)


async def test_an_error_of_the_consumer_goes_through_unchanged():
    error = RuntimeError("the disk is full")

    def fail(_):
        raise error

    with pytest.raises(RuntimeError) as raised:
        await consume(DictFetcher(MANY), consumer=fail)
    assert raised.value is error


async def test_a_crawl_can_be_cancelled():
    fetcher = DictFetcher(tree(index=["a", "b"], a=URLS, b=stuck()))
    async with nothing_left(fetcher):
        task = asyncio.create_task(consume(fetcher))
        await fetcher.wait_for_url(f"{HOME}b.xml")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


# What is left of it


async def test_a_finished_crawl_is_freed_without_the_garbage_collector():
    fetcher = DictFetcher(tree(index=["a", "b"], a=URLS, b=URLS))
    gc.collect()
    gc.disable()
    try:
        async with crawl_site(fetcher, parse_target(ROOT), Settings()) as running:
            frontier = weakref.ref(running._frontier)
            assert [each.discovered.url async for each in deliver(running)] == [
                ROOT,
                *named("a.xml", "b.xml"),
            ]
        del running
        await asyncio.sleep(0)
        assert frontier() is None
    finally:
        gc.enable()


async def test_the_documents_of_a_usual_site_need_no_xml_parser(monkeypatch):
    monkeypatch.setattr(stream, "XMLParser", None)
    found = await crawl(tree(index=["a", "b"], a=URLS, b=URLS), ROOT)
    assert (found.urls, found.verdict) == ([ROOT, *named("a.xml", "b.xml")], "ok")


# A bug of ours


@pytest.mark.parametrize("path", ["robots.txt", "sitemap.xml", "a.xml", ""])
@pytest.mark.parametrize("crash", [KeyError("oops"), TimeoutError("not ours"), OSError("no room")])
async def test_a_crash_of_the_fetcher_comes_out_as_itself(path, crash):
    listing = {} if path == "" else tree(sitemap_index=["a"])
    with pytest.raises(type(crash)) as raised:
        await consume(DictFetcher(listing | {HOME + path: Reply(crash=crash)}), HOME)
    assert raised.value is crash


async def test_what_was_read_before_a_crash_is_delivered_first():
    pages = tree(index=["a", "b"], a=URLS, b=Reply(crash=ZeroDivisionError()))
    seen = []
    with pytest.raises(ZeroDivisionError):
        await consume(DictFetcher(pages), consumer=seen.append, concurrency=1)
    assert [each.discovered.url for each in seen] == named("index.xml", "a.xml")
