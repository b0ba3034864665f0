"""How a crawl handles robots.txt and the responses of servers."""

import asyncio
from collections import Counter

import pytest

from sitemap_cli.progress import Progress
from tests.fakes import Reply
from tests.unit.crawl.crawls import HOME, PAGE, URLS, crawl, lists, named, open_crawl, site, tree
from tests.web import index

ROOT = f"{HOME}index.xml"


async def test_a_child_that_robots_txt_disallows_is_reported_but_not_requested():
    pages = tree(index=["a", "secret"], a=URLS, secret=URLS)
    pages[f"{HOME}robots.txt"] = b"User-agent: *\nDisallow: /secret"
    found = await crawl(pages, ROOT)
    assert found.errors == {f"{HOME}secret.xml": "robots-disallowed"}
    assert "Disallow: /secret" in found.one(f"{HOME}secret.xml").error.message
    assert "secret.xml" not in found.paths
    assert found.verdict == "partial"


async def test_a_sitemap_that_the_user_named_is_requested_whatever_robots_txt_says():
    found = await crawl(tree(index=URLS) | {f"{HOME}robots.txt": b"User-agent: *\nDisallow: /"}, ROOT)
    assert (found.errors, found.verdict) == ({}, "ok")


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        ("connection-reset", "http-error"),
        ("incomplete-body", "http-error"),
        ("unsupported-encoding", "invalid"),
    ],
)
async def test_a_robots_txt_of_which_a_part_is_missing_keeps_us_out(fault, verdict):
    pages = tree(index=["a"], a=URLS) | {f"{HOME}robots.txt": Reply(b"User-agent: *\n", fault=fault)}
    found = await crawl(pages, ROOT)
    assert (found.errors, found.verdict) == ({f"{HOME}a.xml": fault}, verdict)


async def test_no_robots_asks_what_is_disallowed():
    pages = tree(index=["a"], a=URLS) | {f"{HOME}robots.txt": b"User-agent: *\nDisallow: /"}
    found = await crawl(pages, ROOT, no_robots=True)
    assert (found.paths, found.verdict) == (["index.xml", "a.xml"], "ok")


async def test_the_robots_txt_of_its_own_host_applies_to_a_child():
    cdn = ["https://cdn.example/a.xml", "https://cdn.example/b.xml", "https://down.example/c.xml"]
    pages = tree() | {ROOT: index(*cdn), **dict.fromkeys(cdn, URLS)}
    pages["https://cdn.example/robots.txt"] = b"User-agent: *\nDisallow: /b"
    pages["https://down.example/robots.txt"] = Reply(status=500)
    found = await crawl(pages, ROOT)
    assert found.errors == {cdn[1]: "robots-disallowed", cdn[2]: "robots-unreachable"}
    assert found.fetcher.count("https://cdn.example/robots.txt") == 1


async def test_robots_txt_does_not_apply_to_other_schemes():
    found = await crawl(site(robots=["Sitemap: ftp://example.com/a.xml"]), no_known_paths=True, no_html=True)
    assert found.fetcher.urls == [f"{HOME}robots.txt", "ftp://example.com/a.xml"]


# What was answered


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(status=404), "http-status"),
        (Reply(b"gone fishing", status=503), "http-status"),
        (Reply(URLS, status=206), "http-status"),
        (Reply(fault="connection-reset"), "connection-reset"),
        (Reply(PAGE), "html-instead"),
        (Reply(b" \n"), "empty"),
        (Reply(b""), "empty"),
        (Reply(b"<unheard-of/>"), "not-a-sitemap"),
        (Reply(b" " * 400_000 + URLS), "empty"),
        (Reply(URLS[:-20], fault="incomplete-body"), "incomplete-body"),
        (Reply(URLS), None),
    ],
)
async def test_the_error_of_a_promised_sitemap_is_reported(reply, error):
    found = await crawl(site(at={"a.xml": reply}), f"{HOME}a.xml")
    assert found.errors.get(f"{HOME}a.xml") == error


async def test_a_host_that_keeps_failing_is_skipped():
    children = [f"https://down.example/{number}.xml" for number in range(40)]
    pages = tree() | {ROOT: index(*children), "https://down.example/robots.txt": b""}
    pages |= dict.fromkeys(children, Reply(fault="connection-refused"))
    found = await crawl(pages, ROOT, concurrency=1)
    assert list(found.errors.values()) == ["connection-refused"] * 5 + ["host-failing"] * 35
    assert found.verdict == "http-error"


@pytest.mark.parametrize(("max_failures", "requested"), [(2, 2), (0, 40)])
async def test_how_often_a_host_may_fail_can_be_set(max_failures, requested):
    listed = named(*(f"{number}.xml" for number in range(40)))
    pages = tree() | {ROOT: index(*listed)} | dict.fromkeys(listed, Reply(fault="timeout-read"))
    found = await crawl(pages, ROOT, concurrency=1, max_failures=max_failures)
    assert list(found.errors.values()).count("timeout-read") == requested


@pytest.mark.parametrize(
    ("statuses", "requested", "error"),
    [
        ([403], 20, "host-failing"),
        ([401], 20, "host-failing"),
        ([451], 20, "host-failing"),
        ([404], 200, "host-empty"),
        ([410], 200, "host-empty"),
        ([404, 403], 40, "host-failing"),
    ],
)
async def test_an_index_of_which_nothing_is_left_is_not_followed_to_its_end(statuses, requested, error):
    listed = named(*(f"{number}.xml" for number in range(220)))
    replies = {url: Reply(status=statuses[at % len(statuses)]) for at, url in enumerate(listed)}
    found = await crawl(tree() | {ROOT: index(*listed)} | replies, ROOT, concurrency=1, max_failures=1)
    errors = list(found.errors.values())
    # Three of the others are requested to see whether they are the same.
    assert errors.count("http-status") == requested + 3
    assert errors.count(error) == len(listed) - requested - 3


async def test_missing_sitemaps_do_not_hide_those_that_follow():
    gone, here = [f"gone-{n}" for n in range(120)], [f"here-{n}" for n in range(80)]
    found = await crawl(tree(index=[*gone, *here], **dict.fromkeys(here, URLS)), ROOT)
    assert list(found.errors.values()) == ["http-status"] * 120
    assert len(found.sitemaps) == 201
    assert found.verdict == "ok"


@pytest.mark.parametrize("status", [500, 502, 403, 401, 404])
@pytest.mark.parametrize("concurrency", [1, 8])
async def test_a_section_that_fails_does_not_hide_those_around_it(status, concurrency):
    broken = [Reply(status=status)] * 60
    replies = [*broken, URLS, *broken, *[URLS] * 20, *broken]
    pages = dict(zip(named(*(f"{at}.xml" for at in range(len(replies)))), replies, strict=True))
    found = await crawl(tree() | {ROOT: index(*pages)} | pages, ROOT, concurrency=concurrency, max_failures=2)
    read = {each.discovered.url for each in found.sitemaps} - {ROOT, *found.errors}
    assert read == {url for url, reply in pages.items() if reply is URLS}
    assert len(found.sitemaps) == len(pages) + 1
    assert found.fetcher.urls.count(ROOT) == 1
    assert max(Counter(found.fetcher.urls).values()) == 1


async def test_the_deadline_during_the_sample_of_a_failing_host_reports_each_sitemap_once():
    pages = dict.fromkeys(named(*(f"{at}.xml" for at in range(60))), Reply(status=500))
    *_, last = pages
    pages[last] = Reply(gate=asyncio.Event())
    found = await crawl(tree() | {ROOT: index(*pages)} | pages, ROOT, waiting=[last], max_failures=2)
    assert Counter(each.discovered.url for each in found.sitemaps) == Counter([ROOT, *pages])
    assert found.errors[last] == found.errors[f"{HOME}30.xml"] == "deadline"


async def test_a_stop_during_the_sample_of_a_failing_host_drops_the_others():
    pages = dict.fromkeys(named(*(f"{at}.xml" for at in range(60))), Reply(status=500))
    *_, last = pages
    pages[last] = Reply(URLS)
    read = []
    async with open_crawl(tree() | {ROOT: index(*pages)} | pages, ROOT, max_failures=2) as (
        _,
        running,
        found,
    ):
        async for each in found:
            read.append(each.discovered.url)
            if each.discovered.url == last:
                running.stop("max-urls", "enough")
    assert last in read
    assert len(read) == len(set(read)) < 20


@pytest.mark.parametrize(
    ("options", "delay"),
    [({}, 7.0), ({"max_crawl_delay": 2.0}, 2.0), ({"max_crawl_delay": 0.0}, 0.0), ({"no_robots": True}, 0.0)],
)
async def test_a_host_is_given_the_delay_that_its_robots_txt_asks_for(options, delay):
    lines = ["User-agent: other", "Crawl-delay: 3", "User-agent: *", "Crawl-delay: 7", *lists("a.xml")]
    found = await crawl(site(robots=lines, at={"a.xml": URLS}), **options)
    assert [each.delay for each in found.fetcher.log] == [0.0, delay]


async def test_missing_sitemaps_are_no_failures_of_their_host():
    names = [f"{number}" for number in range(40)]
    found = await crawl(tree(index=[*names, "last"], last=URLS), ROOT, concurrency=1)
    assert found.errors == dict.fromkeys(named(*(f"{each}.xml" for each in names)), "http-status")
    assert found.verdict == "ok"


async def test_a_host_that_works_between_its_failures_is_kept():
    bad = {f"{HOME}{number}.xml": Reply(status=500) for number in range(20) if number % 4}
    good = {f"{HOME}{number}.xml": URLS for number in range(0, 20, 4)}
    listed = named(*(f"{number}.xml" for number in range(20)))
    found = await crawl(tree() | bad | good | {ROOT: index(*listed)}, ROOT, concurrency=1)
    assert set(found.errors.values()) == {"http-status"}


async def test_progress_counts_what_was_found_and_read():
    pages = tree(index=["a", "b"], a=URLS) | site(robots=lists("index.xml"))
    progress = Progress()
    async with open_crawl(pages, HOME, progress) as (_, _, found):
        assert len([each async for each in found]) == 3
    assert (progress.found, progress.read) == (3, 3)
    assert progress.bytes == len(pages[ROOT]) + len(URLS)
    assert progress.in_flight == {}
