"""The robots.txt files of a crawl."""

import asyncio

import pytest

from sitemap_cli.crawl.robots_cache import MAX_EXPLAINED, MAX_FILES, RobotsCache
from sitemap_cli.fetch.interface import Purpose
from sitemap_cli.settings import Settings
from tests.fakes import DictFetcher, Reply
from tests.unit.crawl.crawls import HOME, nothing_left

RULES = b"User-agent: *\nDisallow: /private\nSitemap: /s.xml"


def files(pages, **settings):
    fetcher = DictFetcher(pages)
    return fetcher, RobotsCache(fetcher, Settings(**settings), HOME)


async def test_everybody_who_asks_shares_one_request():
    fetcher, robots = files({f"{HOME}robots.txt": RULES})
    async with nothing_left(fetcher):
        found = await asyncio.gather(*(robots.get_robots(f"{HOME}{number}") for number in range(9)))
        assert [each.loc for each in found[0].rules.sitemaps] == [f"{HOME}s.xml"]
    assert [(each.url, each.purpose, each.credentials_url) for each in fetcher.log] == [
        (f"{HOME}robots.txt", Purpose.ROBOTS, HOME)
    ]


@pytest.mark.parametrize(
    ("one", "other", "requests"),
    [
        ("https://example.com/a", "https://EXAMPLE.com:443/b?c", 1),
        ("https://example.com/a", "http://example.com/a", 2),
        ("https://example.com/a", "https://example.com:8443/a", 2),
        ("https://example.com/a", "https://www.example.com/a", 2),
        ("https://me:secret@example.com/a", "https://example.com/a", 1),
    ],
)
async def test_each_origin_has_its_own(one, other, requests):
    fetcher, robots = files({})
    await robots.get_robots(one)
    await robots.get_robots(other)
    assert len(fetcher.log) == requests
    assert "secret" not in str(fetcher.log)


async def test_a_cancelled_caller_does_not_cancel_the_request_of_others():
    gate = asyncio.Event()
    fetcher, robots = files({f"{HOME}robots.txt": Reply(RULES, gate=gate)})
    first, second = (asyncio.create_task(robots.get_robots(HOME)) for _ in "12")
    await fetcher.wait_for_count(1)
    first.cancel()
    gate.set()
    assert (await second).rules is not None
    assert len(fetcher.log) == 1


async def test_requests_in_flight_can_be_cancelled():
    fetcher, robots = files({f"{HOME}robots.txt": Reply(RULES, gate=asyncio.Event())})
    async with nothing_left(fetcher):
        waiting = asyncio.create_task(robots.get_robots(HOME))
        await fetcher.wait_for_count(1)
        await robots.close()
        await asyncio.gather(waiting, return_exceptions=True)


async def test_only_so_many_files_are_kept():
    fetcher, robots = files({})
    for number in range(MAX_FILES + 10):
        await robots.get_robots(f"https://h{number}.example/")
    await robots.get_robots(f"https://h{MAX_FILES + 9}.example/")
    assert len(fetcher.log) == MAX_FILES + 10
    await robots.get_robots("https://h0.example/")
    assert fetcher.count("https://h0.example/robots.txt") == 2


@pytest.mark.parametrize(
    ("reply", "url", "reason"),
    [
        (Reply(RULES), f"{HOME}public", None),
        (Reply(RULES), f"{HOME}private", "robots-disallowed"),
        (Reply(RULES), "ftp://example.com/private", None),
        (Reply(RULES), "https://[::1", None),
        (Reply(b"User-agent: *\nDisallow:"), f"{HOME}private", None),
        (Reply(b"<html>not found</html>"), f"{HOME}private", None),
        (Reply(status=404), f"{HOME}private", None),
        (Reply(status=403), f"{HOME}private", None),
        (Reply(status=500), f"{HOME}public", "robots-unreachable"),
        (Reply(status=429), f"{HOME}public", "robots-unreachable"),
        (Reply(status=429, fault="rate-limited"), f"{HOME}public", "rate-limited"),
        (Reply(fault="timeout-read"), f"{HOME}public", "timeout-read"),
        (Reply(status=302, fault="redirect-limit"), f"{HOME}public", None),
    ],
)
async def test_it_is_obeyed(reply, url, reason):
    _, robots = files({f"{HOME}robots.txt": reply})
    refusal = await robots.check_allowed(url, by_user=False)
    assert (refusal.reason if refusal else None) == reason


async def test_robots_txt_is_not_requested_where_it_does_not_apply():
    fetcher, robots = files({f"{HOME}robots.txt": RULES})
    assert await robots.check_allowed(f"{HOME}private", by_user=True) is None
    fetcher, robots = files({f"{HOME}robots.txt": RULES}, no_robots=True)
    assert await robots.check_allowed(f"{HOME}private", by_user=False) is None
    assert fetcher.log == []


async def test_the_rule_is_named_only_for_the_first_urls():
    _, robots = files({f"{HOME}robots.txt": RULES})
    messages = [
        (await robots.check_allowed(f"{HOME}private", by_user=False)).message
        for _ in range(MAX_EXPLAINED + 1)
    ]
    assert messages[0] == "disallowed by robots.txt (Disallow: /private); --no-robots ignores it"
    assert {*messages[1:-1]} == {messages[0]}
    assert messages[-1] == "disallowed by robots.txt; --no-robots ignores it"
