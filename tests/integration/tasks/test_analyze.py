"""Whole runs over a local folder: what is recorded, how it is summed up, what a second run finds new."""

import datetime as dt
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select

from sitemap_cli.model.results import FindingCounts, JobResult, JobTotals
from sitemap_cli.services.recording import (
    document_groups,
    document_store,
    job_totals,
    recorded_findings,
    sitemap_rows,
)
from sitemap_cli.services.reporting import listed_urls as urls_service
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Document, entries
from sitemap_cli.tasks import grouping
from tests.runs import analyze_target
from tests.web import index, urlset

BASE = "https://example.com"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    site = tmp_path / "site"
    site.mkdir()
    (site / "robots.txt").write_text(f"Sitemap: {BASE}/sitemap.xml\n")
    (site / "sitemap.xml").write_bytes(index(f"{BASE}/a.xml", f"{BASE}/b.xml"))
    (site / "a.xml").write_bytes(urlset(*(f"{BASE}/a/{n}" for n in range(5))))
    (site / "b.xml").write_bytes(urlset(f"{BASE}/a/0", f"{BASE}/b/1", f"{BASE}/b/1"))
    return site


async def analyze(db: Database, folder: Path, *, base: str = BASE, **settings: Any) -> JobResult:
    return await analyze_target(db, Settings(**settings), str(folder), base)


async def load_locs(db: Database, job_id: str) -> list[str]:
    chosen = urls_service.UrlFilter()
    async with db.reading() as session:
        windows = await urls_service.list_windows(session, job_id, chosen)
        pages = [await urls_service.load_window(session, each, chosen, None, ["loc"]) for each in windows]
    return [loc or "" for each in pages for page in each for loc in page.columns["loc"].split()]


async def test_a_run_records_every_url_in_the_order_of_the_files(db: Database, folder: Path) -> None:
    result = await analyze(db, folder)
    assert (result.status, result.verdict) == ("completed", "ok")
    assert await load_locs(db, result.job_id) == [
        *(f"{BASE}/a/{n}" for n in range(5)),
        f"{BASE}/a/0",
        f"{BASE}/b/1",
        f"{BASE}/b/1",
    ]


async def test_urls_listed_twice_count_once_as_unique(db: Database, folder: Path) -> None:
    result = await analyze(db, folder)
    size = sum((folder / name).stat().st_size for name in ("sitemap.xml", "a.xml", "b.xml"))
    counts = {"sitemaps": 3, "urls": 8, "unique_urls": 6, "new_urls": None, "removed_urls": None}
    assert result.totals == JobTotals(**counts, bytes=size)


async def test_a_second_run_of_an_unchanged_site_adds_no_document(db: Database, folder: Path) -> None:
    first = await analyze(db, folder)
    second = await analyze(db, folder)
    async with db.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Document)) == 3
        assert await session.scalar(select(func.count()).select_from(entries)) == 8
    assert [each.unchanged for each in first.sitemaps] == [False, False, False]
    assert [each.unchanged for each in second.sitemaps] == [True, True, True]
    assert second.totals == replace(first.totals, new_urls=0, removed_urls=0)
    assert await load_locs(db, first.job_id) == await load_locs(db, second.job_id)


async def test_only_urls_that_no_file_listed_before_are_new(db: Database, folder: Path) -> None:
    await analyze(db, folder)
    (folder / "b.xml").write_bytes(urlset(f"{BASE}/a/1", f"{BASE}/b/1", f"{BASE}/b/2", f"{BASE}/b/3"))
    result = await analyze(db, folder)
    assert result.totals.new_urls == 2
    assert [each.unchanged for each in result.sitemaps] == [True, True, False]


async def test_only_urls_that_no_file_lists_now_are_removed(db: Database, folder: Path) -> None:
    await analyze(db, folder)
    (folder / "b.xml").write_bytes(urlset(f"{BASE}/a/0", f"{BASE}/new"))
    result = await analyze(db, folder)
    totals = result.totals
    assert (totals.unique_urls, totals.new_urls, totals.removed_urls) == (6, 1, 1)


async def test_nothing_is_removed_from_a_site_that_was_read_in_part(db: Database, folder: Path) -> None:
    await analyze(db, folder)
    (folder / "b.xml").write_bytes(b"nothing that could be read")
    result = await analyze(db, folder)
    assert (result.verdict, result.totals.removed_urls) == ("partial", 0)


async def test_the_urls_of_a_missing_sitemap_are_gone(db: Database, folder: Path) -> None:
    first = await analyze(db, folder)
    (folder / "b.xml").unlink()
    result = await analyze(db, folder)
    assert (result.status, result.verdict) == ("completed", "ok")
    assert result.totals.removed_urls == first.totals.unique_urls - result.totals.unique_urls > 0
    assert result.error == f"1 of {len(result.sitemaps)} sitemaps is missing (404): {BASE}/b.xml"


async def test_tenants_share_nothing(db: Database, folder: Path) -> None:
    await analyze(db, folder, tenant="one")
    other = await analyze(db, folder, tenant="two")
    assert other.totals.new_urls is None
    assert not any(each.unchanged for each in other.sitemaps)


async def test_equal_bodies_with_relative_urls_are_two_documents(db: Database, tmp_path: Path) -> None:
    (tmp_path / "sitemap.xml").write_bytes(urlset("/page"))
    first = await analyze(db, tmp_path, base="https://one.example")
    second = await analyze(db, tmp_path, base="https://two.example")
    again = await analyze(db, tmp_path, base="https://one.example")
    assert await load_locs(db, first.job_id) == ["https://one.example/page"]
    assert await load_locs(db, second.job_id) == ["https://two.example/page"]
    assert await load_locs(db, again.job_id) == ["https://one.example/page"]
    assert again.sitemaps[0].unchanged


@pytest.mark.parametrize(
    ("small_bytes", "recorder", "module", "inserter"),
    [
        (0, "record_sitemap", document_store, "insert_or_ignore"),
        (grouping.SMALL_BYTES, "record_sitemaps", document_groups, "insert_new"),
    ],
    ids=["large", "small"],
)
@pytest.mark.parametrize("loc", ["/page", f"{BASE}/page"])
async def test_a_body_that_another_process_records_meanwhile_is_one_document(
    db: Database,
    folder: Path,
    loc: str,
    small_bytes: int,
    recorder: str,
    module: ModuleType,
    inserter: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same body is recorded between the SELECT and the INSERT, which then waits for it."""
    record, insert = getattr(sitemap_rows, recorder), getattr(module, inserter)

    async def twice(*recording: Any) -> Any:
        async def late(*row: Any) -> Any:
            monkeypatch.setattr(module, inserter, insert)
            await record(*recording)
            return await insert(*row)

        monkeypatch.setattr(module, inserter, late)
        return await record(*recording)

    monkeypatch.setattr(grouping, "SMALL_BYTES", small_bytes)
    monkeypatch.setattr(sitemap_rows, recorder, twice)
    lists = b"<sitemap><loc>%s/b.xml</loc></sitemap></urlset>" % BASE.encode()
    (folder / "sitemap.xml").write_bytes(urlset(loc).replace(b"</urlset>", lists))
    result = await analyze(db, folder)
    names = [each.url.removeprefix(BASE) for each in result.sitemaps]
    assert (result.verdict, sorted(names)) == ("ok", ["/b.xml"] * 2 + ["/sitemap.xml"] * 2)
    async with db.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Document)) == 2
        assert await session.scalar(select(func.count()).select_from(entries)) == 4


async def test_the_freshness_of_lastmod_is_counted_by_age(db: Database, tmp_path: Path) -> None:
    now = dt.datetime.now(dt.UTC)
    # Each age keeps its name if midnight passes during the test; times of tomorrow count as today.
    ages = {
        "future": -5,
        "1d": -0.5,
        "7d": 3,
        "30d": 20,
        "90d": 60,
        "365d": 200,
        "older": 900,
    }
    dates = [(now - dt.timedelta(days=days)).isoformat() for days in ages.values()]
    items = "".join(
        f"<url><loc>{BASE}/{n}</loc><lastmod>{date}</lastmod></url>" for n, date in enumerate(dates)
    )
    rest = f"<url><loc>{BASE}/x</loc></url><url><loc>{BASE}/y</loc><lastmod>soon</lastmod></url>"
    (tmp_path / "sitemap.xml").write_text(
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{items}{rest}</urlset>'
    )
    result = await analyze(db, tmp_path)
    assert result.lastmod == {**dict.fromkeys(ages, 1), "missing": 1, "invalid": 1}


async def test_max_urls_stops_between_documents_and_is_named_in_the_error(db: Database, folder: Path) -> None:
    result = await analyze(db, folder, max_urls=3, concurrency=1)
    assert result.verdict == "partial"
    assert "--max-urls is 3" in result.error
    assert result.totals.urls in (3, 5)


async def test_a_document_that_lists_a_sitemap_among_its_pages_is_followed(db, folder: Path) -> None:
    mixed = urlset(f"{BASE}/page").replace(b"</urlset>", b"<sitemap><loc>%s/b.xml</loc></sitemap></urlset>")
    (folder / "sitemap.xml").write_bytes(mixed % BASE.encode())
    for _ in range(2):
        result = await analyze(db, folder)
        assert [each.url for each in result.sitemaps] == [f"{BASE}/sitemap.xml", f"{BASE}/b.xml"]
        assert result.totals.urls == 4


async def test_findings_of_cheap_rules_are_recorded_with_the_job(db: Database, folder: Path) -> None:
    (folder / "sitemap.xml").write_bytes(index(f"{BASE}/a.xml", f"{BASE}/gone.xml", f"{BASE}/page.html"))
    (folder / "a.xml").write_bytes(urlset(f"{BASE}/1")[:-12])
    (folder / "page.html").write_text("<!doctype html><html><title>x</title></html>")
    result = await analyze(db, folder)
    async with db.reading() as session:
        found = {
            (each.rule, each.sitemap)
            for each in await recorded_findings.list_findings(session, result.job_id)
        }
    assert found == {
        ("SM405", f"{BASE}/sitemap.xml"),
        ("SM111", f"{BASE}/page.html"),
        ("SM201", f"{BASE}/a.xml"),
    }
    assert result.findings == FindingCounts(error=3, warning=0, info=0)


async def test_partial_totals_are_available_for_a_stopped_job(db: Database, folder: Path) -> None:
    result = await analyze(db, folder)
    async with db.reading() as session:
        totals = await job_totals.compute_partial_totals(session, result.job_id)
    assert (totals.sitemaps, totals.urls, totals.unique_urls) == (3, 8, 0)
