"""A second run over a site on the web: what is requested, sent and recorded."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select, update

from sitemap_cli.crawl import sitemap_requester
from sitemap_cli.crawl.fetched_sitemap import DiscoveredUrl, reuse_cached
from sitemap_cli.crawl.http_cache import CachedDocument
from sitemap_cli.errors import ConflictError
from sitemap_cli.fetch.interface import Validators
from sitemap_cli.model.results import JobResult, JobTotals, SitemapResult
from sitemap_cli.model.values import DiscoveredBy, Kind
from sitemap_cli.services.recording import sitemap_rows
from sitemap_cli.services.reporting import listed_urls as urls_service
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Base, Problem, Sitemap
from tests.runs import analyze_target
from tests.web import Answer, Site, index, robots, urlset, validated

ROWS = ("documents", "entries", "children")


@pytest.fixture
def shop(site: Site) -> Site:
    """An index of two sitemaps, all with validators; the body of the .gz file is not compressed."""
    robots(site, f"Sitemap: {site.url}/index.xml")
    children = (f"{site.url}/a.xml", f"{site.url}/b.xml.gz")
    site.routes["/index.xml"] = validated(index(*children), '"index"')
    site.routes["/a.xml"] = validated(urlset(f"{site.url}/1", f"{site.url}/2"), '"a"')
    site.routes["/b.xml.gz"] = validated(urlset(f"{site.url}/3"), '"b"')
    return site


async def analyze(db: Database, site: Site, path: str = "", **settings: Any) -> JobResult:
    site.hits.clear()
    return await analyze_target(db, Settings(allow_private=True, retries=0, **settings), site.url + path)


async def count_rows(db: Database) -> dict[str, int]:
    async with db.reading() as session:
        tables = (Base.metadata.tables[name] for name in ROWS)
        return {
            each.name: await session.scalar(select(func.count()).select_from(each)) or 0 for each in tables
        }


async def load_locs(db: Database, job_id: str) -> list[str]:
    chosen = urls_service.UrlFilter()
    async with db.reading() as session:
        windows = await urls_service.list_windows(session, job_id, chosen)
        pages = [await urls_service.load_window(session, each, chosen, None, ["loc"]) for each in windows]
    return [loc or "" for each in pages for page in each for loc in page.columns["loc"].split()]


def drop_varying_fields(result: JobResult) -> tuple[list[SitemapResult], JobTotals, str | None]:
    """Return the sitemaps of a result, without what differs from run to run."""
    sitemaps = [
        replace(each, ms=0, status_code=None, wire_bytes=0, unchanged=False) for each in result.sitemaps
    ]
    return sitemaps, replace(result.totals, new_urls=0, removed_urls=0), result.verdict


async def test_an_unchanged_sitemap_is_neither_sent_nor_read_nor_recorded_again(
    db: Database, shop: Site
) -> None:
    first = await analyze(db, shop)
    rows = await count_rows(db)
    second = await analyze(db, shop)

    assert shop.paths == ["/robots.txt", "/index.xml", "/a.xml", "/b.xml.gz"]
    assert [each.status_code for each in second.sitemaps] == [304] * 3
    assert [each.wire_bytes for each in second.sitemaps] == [0] * 3
    assert [each.unchanged for each in second.sitemaps] == [True] * 3
    assert drop_varying_fields(first) == drop_varying_fields(second)
    assert await count_rows(db) == rows
    assert await load_locs(db, first.job_id) == await load_locs(db, second.job_id)


async def test_problems_of_a_body_that_is_not_sent_again_are_reported_again(db: Database, shop: Site) -> None:
    results = [await analyze(db, shop) for _ in range(3)]
    async with db.reading() as session:
        codes = (await session.scalars(select(Problem.code).where(Problem.sitemap_id.is_not(None)))).all()
    assert codes == ["gz-name-but-plain"] * 3
    assert [each.sitemaps[2].problems for each in results] == [1, 1, 1]
    assert results[0].findings == results[2].findings


async def test_refresh_requests_everything(db: Database, shop: Site) -> None:
    first = await analyze(db, shop)
    second = await analyze(db, shop, refresh=True)
    assert [each.status_code for each in second.sitemaps] == [200] * 3
    assert not any("if-none-match" in hit.headers for hit in shop.hits)
    assert drop_varying_fields(first) == drop_varying_fields(second)


async def test_an_unchanged_body_without_validators_is_recognised(db: Database, shop: Site) -> None:
    shop.routes["/a.xml"] = Answer(urlset(f"{shop.url}/1"))
    await analyze(db, shop)
    rows = await count_rows(db)
    second = await analyze(db, shop)
    (a,) = (each for each in second.sitemaps if each.url.endswith("/a.xml"))
    assert (a.status_code, a.unchanged, await count_rows(db)) == (200, True, rows)


async def test_a_changed_sitemap_is_read(db: Database, shop: Site) -> None:
    await analyze(db, shop)
    shop.routes["/a.xml"] = validated(urlset(f"{shop.url}/1", f"{shop.url}/new"), '"a2"')
    second = await analyze(db, shop)
    assert [each.status_code for each in second.sitemaps] == [304, 200, 304]
    assert second.totals.new_urls == 1
    assert f"{shop.url}/new" in await load_locs(db, second.job_id)


async def test_a_sitemap_that_was_read_in_part_is_read_again(db: Database, shop: Site) -> None:
    whole = urlset(f"{shop.url}/1", f"{shop.url}/2")
    etag = (("ETag", '"a"'),)
    shop.routes["/a.xml"] = Answer(whole[:-40], headers=etag)
    assert (await analyze(db, shop)).verdict == "partial"
    shop.routes["/a.xml"] = Answer(whole, headers=etag)
    second = await analyze(db, shop)
    assert second.verdict == "ok"
    assert [each.status_code for each in second.sitemaps] == [304, 200, 304]


async def test_a_complete_body_of_a_broken_connection_is_read_again(db: Database, site: Site) -> None:
    lines = "\n".join(f"{site.url}/{n}" for n in range(50)).encode()
    longer = (("Content-Length", str(len(lines) + 10)),)
    results = []
    for answer in (Answer(lines, headers=longer, close=True), Answer(lines)):
        site.routes["/a.txt"] = answer
        for _ in range(2):
            result = await analyze(db, site, "/a.txt")
            (a,) = result.sitemaps
            results.append((result.verdict, a.error, a.urls, a.unchanged))
    assert results == [
        ("partial", "incomplete-body", 49, False),
        ("partial", "incomplete-body", 49, True),
        ("ok", None, 50, False),
        ("ok", None, 50, True),
    ]
    assert (await count_rows(db))["documents"] == 2


async def test_jobs_over_other_targets_do_not_push_out_the_cache_of_a_target(
    db: Database, site: Site
) -> None:
    paths = [f"/{name}.xml" for name in "abcdef"]
    for path in paths:
        site.routes[path] = validated(urlset(f"{site.url}{path}/1"), f'"{path}"')
    nights = [[await analyze(db, site, path) for path in paths] for _ in range(2)]
    codes = [[each.sitemaps[0].status_code for each in night] for night in nights]
    assert codes == [[200] * 6, [304] * 6]


@pytest.mark.parametrize(("status", "verdict"), [(403, "partial"), (404, "ok")])
async def test_a_sitemap_that_failed_once_is_still_cached_from_the_job_before(
    db: Database, shop: Site, status: int, verdict: str
) -> None:
    await analyze(db, shop)
    good, shop.routes["/a.xml"] = shop.routes["/a.xml"], Answer(status=status)
    assert (await analyze(db, shop)).verdict == verdict
    shop.routes["/a.xml"] = good
    third = await analyze(db, shop)
    assert [each.status_code for each in third.sitemaps] == [304] * 3


async def test_a_sitemap_that_the_deadline_cut_off_is_read_by_the_next_run(
    db: Database, shop: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as hurried:
        hurried.setattr(sitemap_requester, "READING_GRACE", -1e9)
        first = await analyze(db, shop)
    assert {each.error for each in first.sitemaps} == {"deadline"}
    assert (first.totals.urls, first.verdict) == (0, "timeout")
    second = await analyze(db, shop)
    assert (second.totals.urls, second.verdict) == (3, "ok")


async def test_sitemaps_that_are_listed_as_pages_are_followed_if_wanted_and_again(
    db: Database, site: Site
) -> None:
    listed = (f"{site.url}/sitemap-a.xml", f"{site.url}/sitemap-b.xml?x=1", f"{site.url}/page")
    site.routes["/sitemap.xml"] = validated(urlset(*listed), '"s"')
    site.routes["/sitemap-a.xml"] = validated(urlset(f"{site.url}/1", f"{site.url}/2"), '"a"')
    site.routes["/sitemap-b.xml"] = validated(urlset(f"{site.url}/3"), '"b"')
    plain = await analyze(db, site)
    assert (plain.totals.sitemaps, plain.totals.urls) == (1, 3)
    for code in (200, 304):
        followed = await analyze(db, site, follow_listed_sitemaps=True)
        assert (followed.verdict, followed.totals.sitemaps, followed.totals.urls) == ("ok", 3, 6)
        assert [each.status_code for each in followed.sitemaps] == [304, code, code]
        assert {each.parent for each in followed.sitemaps[1:]} == {f"{site.url}/sitemap.xml"}


async def test_tenants_do_not_share_caches(db: Database, shop: Site) -> None:
    await analyze(db, shop)
    await analyze(db, shop, tenant="other")
    assert not any("if-none-match" in hit.headers for hit in shop.hits)


# Indexes with reliable lastmods


def set_lastmods(site: Site, a: str, b: str) -> None:
    """Give the children of the index these lastmods."""
    body = index(f"{site.url}/a.xml", f"{site.url}/b.xml.gz").decode()
    for name, lastmod in (("a.xml", a), ("b.xml.gz", b)):
        body = body.replace(f"/{name}</loc>", f"/{name}</loc><lastmod>{lastmod}</lastmod>")
    site.routes["/index.xml"] = Answer(body.encode())


def change_content(site: Site, version: int) -> None:
    """Change the content of one sitemap."""
    site.routes["/a.xml"] = Answer(urlset(f"{site.url}/version/{version}"))


async def requested_when_trusting(db: Database, site: Site) -> list[str]:
    """Return the sitemaps that a run with trust_index_lastmod requests."""
    result = await analyze(db, site, trust_index_lastmod=True)
    assert result.verdict == "ok"
    return [each for each in site.paths if each not in ("/robots.txt", "/index.xml")]


async def test_a_sitemap_with_an_old_lastmod_is_not_requested_once_its_index_has_proved_reliable(
    db: Database, shop: Site
) -> None:
    set_lastmods(shop, "2026-01-01", "2026-01-01")
    assert await requested_when_trusting(db, shop) == ["/a.xml", "/b.xml.gz"]
    assert await requested_when_trusting(db, shop) == ["/a.xml", "/b.xml.gz"]  # not proved yet
    set_lastmods(shop, "2026-02-02", "2026-01-01")
    change_content(shop, 2)
    assert await requested_when_trusting(db, shop) == ["/a.xml", "/b.xml.gz"]
    assert await requested_when_trusting(db, shop) == []
    set_lastmods(shop, "2026-03-03", "2026-01-01")
    change_content(shop, 3)
    assert await requested_when_trusting(db, shop) == ["/a.xml"]
    result = await analyze(db, shop, trust_index_lastmod=True)
    assert [each.status_code for each in result.sitemaps] == [200, None, None]
    assert [each.unchanged for each in result.sitemaps] == [True, True, True]
    assert (result.totals.urls, result.totals.new_urls) == (2, 0)


async def prove_reliable(db: Database, site: Site, lastmod: str = "2026-02-02") -> None:
    set_lastmods(site, "2026-01-01", lastmod)
    await requested_when_trusting(db, site)
    set_lastmods(site, "2026-02-02", lastmod)
    change_content(site, 2)
    await requested_when_trusting(db, site)


async def test_an_index_that_hid_a_change_is_not_trusted(db: Database, shop: Site) -> None:
    await prove_reliable(db, shop)
    change_content(shop, 3)
    await analyze(db, shop)
    assert await requested_when_trusting(db, shop) == ["/a.xml", "/b.xml.gz"]


async def test_even_a_reliable_index_is_verified_once_a_week(db: Database, shop: Site) -> None:
    await prove_reliable(db, shop)
    async with db.transaction() as session:
        old = dt.datetime.now(dt.UTC) - dt.timedelta(days=8)
        ours = Sitemap.url == f"{shop.url}/a.xml"
        await session.execute(update(Sitemap).where(ours).values(fetched_at=old))
    assert await requested_when_trusting(db, shop) == ["/a.xml"]


def midnight(hours: int) -> dt.datetime:
    """Return the start of this day in the time zone with this offset."""
    now = dt.datetime.now(dt.timezone(dt.timedelta(hours=hours)))
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


@pytest.mark.parametrize(
    "lastmod",
    [
        pytest.param(lambda: midnight(0).date().isoformat(), id="a date"),
        pytest.param(lambda: midnight(0).strftime("%Y-%m"), id="a month"),
        pytest.param(lambda: midnight(0).strftime("%Y"), id="a year"),
        pytest.param(lambda: midnight(0).strftime("%Y-%m-%dT%H:%M:%SZ"), id="midnight"),
        pytest.param(lambda: midnight(5).isoformat(), id="midnight in the east"),
        pytest.param(lambda: midnight(-7).isoformat(), id="midnight in the west"),
        pytest.param(
            lambda: midnight(0).astimezone(midnight(8).tzinfo).isoformat(),
            id="midnight, written in an eastern zone",
        ),
    ],
)
async def test_a_lastmod_of_the_day_of_the_request_may_hide_a_later_change(
    db: Database, shop: Site, lastmod: Callable[[], str]
) -> None:
    await prove_reliable(db, shop, lastmod=lastmod())
    assert await requested_when_trusting(db, shop) == ["/b.xml.gz"]


async def test_no_index_is_trusted_without_the_setting(db: Database, shop: Site) -> None:
    await prove_reliable(db, shop)
    await analyze(db, shop)
    assert "/a.xml" in shop.paths


async def test_a_cached_document_that_was_removed_calls_for_another_attempt(db: Database, shop: Site) -> None:
    job_id = (await analyze(db, shop)).job_id
    url = f"{shop.url}/a.xml"
    gone = CachedDocument(1, 10**6, Kind.URLSET, b"", 1, 0, Validators(url, '"a"'))
    sitemap = reuse_cached(DiscoveredUrl(url, DiscoveredBy.USER), gone)
    with pytest.raises(ConflictError, match=r"removed meanwhile .*a\.xml"):
        async with db.transaction() as session:
            await sitemap_rows.record_sitemap(session, "default", job_id, sitemap)


async def test_a_304_that_contradicts_a_new_lastmod_is_doubted_once(db: Database, shop: Site) -> None:
    def list_child(lastmod: str) -> None:
        entry = f"<sitemap><loc>{shop.url}/a.xml</loc><lastmod>{lastmod}</lastmod></sitemap>"
        shop.routes["/index.xml"] = Answer(f"<sitemapindex>{entry}</sitemapindex>".encode())

    list_child("2026-01-01")
    await analyze(db, shop)
    # The server goes on with the same validator though the content is another one.
    shop.routes["/a.xml"] = validated(urlset(f"{shop.url}/1", f"{shop.url}/new"), '"a"')
    unchanged = await analyze(db, shop)
    assert (shop.count("/a.xml"), unchanged.totals.new_urls) == (1, 0)
    list_child("2026-01-02")
    changed = await analyze(db, shop)
    assert shop.count("/a.xml") == 2
    assert await load_locs(db, changed.job_id) == [f"{shop.url}/1", f"{shop.url}/new"]
    again = await analyze(db, shop)
    assert (shop.count("/a.xml"), again.verdict) == (1, "ok")


async def test_a_304_without_a_stored_document_is_requested_again(db: Database, shop: Site) -> None:
    content = Answer(urlset(f"{shop.url}/1"))
    shop.routes["/a.xml"] = lambda hit: content if "cache-control" in hit.headers else Answer(status=304)
    result = await analyze(db, shop, "/a.xml")
    assert (result.verdict, result.totals.urls, shop.count("/a.xml")) == ("ok", 1, 2)
