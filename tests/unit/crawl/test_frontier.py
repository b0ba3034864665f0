"""How a crawl fetches the sitemaps of a site: concurrently, each once, within the limits."""

import asyncio

import pytest

from sitemap_cli.crawl import document_reading, frontier
from sitemap_cli.crawl.delivery_queue import MAX_WAITING
from sitemap_cli.crawl.url_filter import UrlFilter
from sitemap_cli.errors import UsageError
from sitemap_cli.settings import Settings
from tests.fakes import Reply
from tests.unit.crawl.crawls import HOME, URLS, crawl, named, open_crawl, site, tree
from tests.web import XMLNS, gz, index

ROOT = f"{HOME}index.xml"


async def test_indexes_are_followed_wherever_they_are_nested():
    pages = tree(index=["a", "b"], a=["c", "d"], b=URLS, c=URLS, d=["e"], e=URLS)
    found = await crawl(pages, ROOT)
    places = [each.discovered for each in found.sitemaps]
    assert {each.url: (each.parent, each.depth, each.ordinal) for each in places} == {
        f"{HOME}index.xml": (None, 0, 0),
        f"{HOME}a.xml": (f"{HOME}index.xml", 1, 0),
        f"{HOME}b.xml": (f"{HOME}index.xml", 1, 1),
        f"{HOME}c.xml": (f"{HOME}a.xml", 2, 0),
        f"{HOME}d.xml": (f"{HOME}a.xml", 2, 1),
        f"{HOME}e.xml": (f"{HOME}d.xml", 3, 0),
    }
    assert {each.discovered.discovered_by.value for each in found.sitemaps} == {"user", "index"}
    assert found.verdict == "ok"


async def test_compressed_sitemaps_are_followed_too():
    pages = site(at={"index.xml.gz": gz(index(*named("a.xml.gz"))), "a.xml.gz": gz(URLS)})
    found = await crawl(pages, f"{HOME}index.xml.gz")
    assert [each.urls for each in found.outcomes] == [0, 2]


async def test_an_index_that_arrived_in_part_is_followed_as_far_as_it_goes():
    whole = index(*named("a.xml", "b.xml"))
    pages = tree(a=URLS) | {ROOT: Reply(whole[: whole.index(b"b.xml")], fault="incomplete-body")}
    found = await crawl(pages, ROOT)
    assert found.urls == [ROOT, f"{HOME}a.xml"]
    assert found.verdict == "partial"


# Each address once


@pytest.mark.parametrize(
    "listed",
    [
        ["https://example.com/a.xml"] * 1000,
        ["https://example.com/a.xml", "https://example.com/a.xml#top", "https://example.com/a.xml#end"],
        ["https://EXAMPLE.com/a.xml", "https://example.com:443/a.xml", "HTTPS://example.com/a.xml"],
        ["https://example.com/%61.xml", "https://example.com/a.xml"],
        ["https://me:secret@example.com/a.xml", "https://example.com/a.xml"],
    ],
)
async def test_a_url_is_requested_once_however_it_is_spelled(listed):
    spelled = {url.replace("me:secret@", ""): URLS for url in listed}
    found = await crawl(tree() | spelled | {ROOT: index(*listed)}, ROOT)
    assert len(found.sitemaps) == 2
    assert len(found.fetcher.urls) == 3, "with robots.txt"
    assert "secret" not in f"{found.sitemaps}{found.fetcher.log}"


@pytest.mark.parametrize(
    "pages",
    [
        tree(index=["index"]),
        tree(index=["a"], a=["index"]),
        tree(index=["a", "b"], a=["b"], b=["a", "index"]),
        tree(index=["a"], a=["b"], b=["c"], c=["index", "a", "b", "c"]),
    ],
)
async def test_a_cycle_is_harmless(pages):
    found = await crawl(pages, ROOT)
    assert sorted({*found.fetcher.urls, f"{HOME}robots.txt"}) == sorted(pages)
    assert found.limits == []
    assert found.verdict == "empty"


async def test_a_cycle_by_redirect_is_harmless():
    pages = tree(index=["a", "b"], b=URLS) | {f"{HOME}a.xml": Reply(to=ROOT)}
    found = await crawl(pages, ROOT)
    assert sorted(found.urls) == sorted([ROOT, *named("a.xml", "b.xml")])
    assert len(found.fetcher.urls) == 4
    assert found.verdict == "ok"


async def test_the_target_of_a_redirect_is_not_requested_again():
    pages = tree(real=["real", "a"], a=URLS) | {ROOT: Reply(to=f"{HOME}real.xml")}
    assert (await crawl(pages, ROOT)).urls == [ROOT, f"{HOME}a.xml"]


async def test_the_total_length_of_urls_is_limited():
    listed = named(*(f"{number}-{'x' * 2000}.xml" for number in range(20)))
    pages = tree() | {ROOT: index(*listed)} | dict.fromkeys(listed, URLS)
    found = await crawl(pages, ROOT, max_sitemaps=10)
    assert (len(found.urls), found.limits, found.verdict) == (3, ["url-too-long"], "partial")


# Concurrency, proved by gates


@pytest.mark.parametrize(
    ("concurrency", "per_host", "at_once"), [(1, 8, 1), (3, 8, 3), (8, 8, 8), (100, 100, 20), (100, 4, 4)]
)
async def test_children_are_fetched_concurrently(concurrency, per_host, at_once):
    gate = asyncio.Event()
    children = dict.fromkeys(named(*(f"{number}.xml" for number in range(20))), Reply(URLS, gate=gate))
    pages = tree(index=URLS) | children | {ROOT: index(*children)}
    async with open_crawl(pages, ROOT, concurrency=concurrency, per_host=per_host) as (fetcher, _, found):
        assert (await anext(found)).discovered.url == ROOT
        following = asyncio.ensure_future(anext(found))
        await fetcher.wait_for_count(at_once)
        gate.set()
        assert len([await following, *[each async for each in found]]) == 20
    assert fetcher.peak == at_once


async def test_nested_indexes_are_fetched_while_their_siblings_wait():
    gate = asyncio.Event()
    pages = tree(index=["slow", "a"], slow=Reply(URLS, gate=gate), a=["b"], b=["c"], c=URLS)
    async with open_crawl(pages, ROOT, concurrency=2) as (_, _, found):
        first = [(await anext(found)).discovered.url for _ in "iabc"]
        assert first == named("index.xml", "a.xml", "b.xml", "c.xml")
        gate.set()
        assert [each.discovered.url async for each in found] == named("slow.xml")


async def test_fetching_waits_for_a_consumer_that_is_slow():
    names = [f"{number}" for number in range(50)]
    open_bodies = []
    async with open_crawl(tree(index=names, **dict.fromkeys(names, URLS)), ROOT, concurrency=2) as (
        fetcher,
        _,
        found,
    ):
        async for _ in found:
            for _ in range(500):
                await asyncio.sleep(0)
            open_bodies.append(fetcher.open)
    assert max(open_bodies) == 2 + MAX_WAITING


# Limits


async def test_indexes_are_followed_to_the_depth_allowed():
    pages = tree(index=["a"], a=["b"], b=["c"], c=["d"], d=URLS)
    found = await crawl(pages, ROOT)
    assert found.urls == named("index.xml", "a.xml", "b.xml", "c.xml")
    assert found.limits == ["index-depth"]
    assert found.verdict == "partial"


async def test_depth_zero_reads_no_children():
    found = await crawl(tree(index=["a", "b"], a=URLS), ROOT, max_depth=0)
    assert (found.urls, found.limits) == ([ROOT], ["index-depth"])


async def test_the_number_of_sitemaps_is_limited():
    pages = tree(index=["a", "b", "c", "d"], a=URLS, b=URLS)
    found = await crawl(pages, ROOT, max_sitemaps=3)
    assert found.urls == named("index.xml", "a.xml", "b.xml")
    assert found.limits == ["max-sitemaps"]
    assert found.verdict == "partial"


async def test_as_many_sitemaps_as_allowed_are_no_cut():
    assert (await crawl(tree(index=["a", "index"], a=URLS), ROOT, max_sitemaps=2)).limits == []


async def test_the_number_of_children_is_limited(monkeypatch):
    monkeypatch.setattr(frontier, "MAX_CHILDREN", 2)
    found = await crawl(tree(index=["a", "b", "c"], a=URLS, b=URLS, c=URLS), ROOT)
    assert found.urls == named("index.xml", "a.xml", "b.xml")
    assert found.limits == ["index-too-many"]


async def test_an_endless_index_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(frontier, "MAX_CHILDREN", 10)
    many = index(*(f"{HOME}{number}.xml" for number in range(50_000)))
    found = await crawl(tree() | {ROOT: many}, ROOT)
    assert len(found.sitemaps) == 11


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({"include": ("1",)}, "11 12 21"),
        ({"include": ("11", "/22")}, "11 22"),
        ({"exclude": ("1",)}, "22"),
        ({"include": ("1",), "exclude": ("21", "12")}, "11"),
        ({"include": ("nothing",)}, ""),
    ],
)
async def test_children_can_be_chosen_by_patterns(settings, kept):
    names = ["11", "12", "21", "22"]
    found = await crawl(tree(index=names, **dict.fromkeys(names, URLS)), ROOT, **settings)
    assert found.urls == [ROOT, *named(*(f"{each}.xml" for each in kept.split()))]


@pytest.mark.parametrize("pattern", ["//müller[.]example/", "//xn--mller-kva[.]example/"])
@pytest.mark.parametrize("url", ["https://müller.example/a.xml", "https://xn--mller-kva.example/a.xml"])
def test_a_pattern_for_a_host_matches_letters_and_punycode(pattern, url):
    assert UrlFilter(Settings(include=(pattern,))).is_included(url)
    assert not UrlFilter(Settings(exclude=(pattern,))).is_included(url)


@pytest.mark.parametrize("option", ["include", "exclude"])
async def test_a_pattern_that_is_none_is_the_users_mistake(option):
    with pytest.raises(UsageError, match=rf"not a regular expression \(--{option} \(\)"):
        await crawl({}, **{option: ("(",)})


# Documents that list sitemaps though they are no index


async def test_a_urlset_that_lists_a_sitemap_is_followed_after_it_was_read():
    mixed = (
        f'<urlset xmlns="{XMLNS}"><url><loc>{HOME}1</loc></url>'
        f"<sitemap><loc>{HOME}a.xml</loc></sitemap></urlset>"
    ).encode()
    found = await crawl(tree(a=URLS) | {ROOT: mixed}, ROOT)
    assert found.urls == [ROOT, f"{HOME}a.xml"]
    assert found.one(f"{HOME}a.xml").discovered.parent == ROOT
    assert [each.loc for each in found.facts[ROOT].followed] == [f"{HOME}a.xml"]


async def test_of_the_sitemaps_that_a_urlset_lists_only_as_many_are_kept_as_are_followed(monkeypatch):
    monkeypatch.setattr(frontier, "MAX_CHILDREN", 3)
    monkeypatch.setattr(document_reading, "MAX_CHILDREN", 3)
    listed = "".join(f"<sitemap><loc>{HOME}{number}.xml</loc></sitemap>" for number in range(9_000))
    mixed = f'<urlset xmlns="{XMLNS}"><url><loc>{HOME}1</loc></url>{listed}</urlset>'.encode()
    found = await crawl(tree() | {ROOT: mixed}, ROOT)
    assert len(found.facts[ROOT].followed) == 4
    assert len(found.sitemaps) == 4
    assert found.limits == ["index-too-many"]


@pytest.mark.parametrize("option", ["include", "exclude"])
def test_a_pattern_that_takes_exponential_time_is_an_error(option, monkeypatch):
    monkeypatch.setattr("sitemap_cli.patterns.LONGEST_SEARCH", 0.2)
    chosen = UrlFilter(Settings(**{option: ("(a+)+$",)}))
    with pytest.raises(UsageError, match=rf"too slow \(--{option} "):
        chosen.is_included(f"{HOME}{'a' * 60}!.xml")
