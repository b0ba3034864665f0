"""What a job is compared with: which URLs are new, which are removed, and when nothing can be said."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sitemap_cli.crawl import targets
from sitemap_cli.model.results import JobResult
from sitemap_cli.progress import Progress
from sitemap_cli.services.catalog.job_start import NewJob, start_job
from sitemap_cli.services.reporting import job_result
from sitemap_cli.services.shared import ids
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks.analyze import RunningJob, analyze_job
from sitemap_cli.tasks.outcome import record_outcome
from tests.fakes import DictFetcher, Reply
from tests.runs import analyze_target
from tests.web import index, urlset

SITE = "https://shop.test"
FAILING = Reply(b"", 503)


def sitemap(*paths: str) -> bytes:
    return urlset(*(f"{SITE}{path}" for path in paths))


def site(**children: bytes | Reply) -> dict[str, Any]:
    """Return the pages of a site with an index; a child is a body or a response."""
    names = {name: f"{SITE}/{name}.xml" for name in children}
    pages: dict[str, Any] = {
        f"{SITE}/robots.txt": f"Sitemap: {SITE}/sitemap.xml\n".encode(),
        f"{SITE}/sitemap.xml": index(*names.values()),
    }
    return pages | {names[name]: body for name, body in children.items()}


async def analyze(
    db: Database, pages: Mapping[str, Any], target: str = "shop.test", tenant: str = "default"
) -> tuple[str, int | None, int | None]:
    """Return the verdict, and the number of new and of removed URLs."""
    result = await run(db, pages, target, tenant)
    return str(result.verdict), result.totals.new_urls, result.totals.removed_urls


async def run(
    db: Database, pages: Mapping[str, Any], target: str = "shop.test", tenant: str = "default"
) -> JobResult:
    parsed, settings = targets.parse_target(target), Settings(tenant=tenant, no_known_paths=True, retries=0)
    new = NewJob(tenant, ids.generate_id(), parsed, "a test")
    async with record_outcome(db, new.job_id) as watch:
        async with db.transaction() as session:
            started = await start_job(session, new)
        job = RunningJob(db, DictFetcher(dict(pages)), settings, new.job_id, started.domain_id, parsed)
        await analyze_job(job, Progress(), watch)
    async with db.reading() as session:
        return await job_result.load_job_result(session, tenant, new.job_id)


OLD = sitemap("/1", "/2")
RESPELLED = urlset("HTTPS://shop.test/%31", "https://SHOP.test:443/./2")
CASES: dict[str, tuple[list[dict[str, Any]], tuple[str, int | None, int | None]]] = {
    "a first run is compared with nothing": ([site(a=OLD)], ("ok", None, None)),
    "an unchanged site": ([site(a=OLD), site(a=OLD)], ("ok", 0, 0)),
    "a new URL and a removed one": ([site(a=OLD), site(a=sitemap("/1", "/3"))], ("ok", 1, 1)),
    "the same URLs in another spelling": ([site(a=OLD), site(a=RESPELLED)], ("ok", 0, 0)),
    "the canonical spelling of the same URLs": ([site(a=RESPELLED), site(a=OLD)], ("ok", 0, 0)),
    "another spelling, a new URL and a removed one": (
        [site(a=OLD), site(a=sitemap("/%31", "/3", "/%33"))],
        ("ok", 1, 1),
    ),
    "a URL that moves to another sitemap in another spelling": (
        [site(a=OLD, b=sitemap("/ü")), site(a=sitemap("/1", "/2", "/%c3%bc"), b=sitemap("/4"))],
        ("ok", 1, 0),
    ),
    "fragments, which some sites use for their pages": (
        [site(a=sitemap("/#1")), site(a=sitemap("/#1", "/#2"))],
        ("ok", 1, 0),
    ),
    "a new sitemap after a complete job": ([site(a=OLD), site(a=OLD, b=sitemap("/4"))], ("ok", 1, 0)),
    "a sitemap that the previous job could not read": (
        [site(a=OLD, b=FAILING), site(a=OLD, b=sitemap("/4"))],
        ("ok", 0, 0),
    ),
    "a changed sitemap beside one that the previous job could not read": (
        [site(a=OLD, b=FAILING), site(a=sitemap("/2", "/3"), b=sitemap("/4"))],
        ("ok", 1, 1),
    ),
    "a sitemap that always fails": (
        [site(a=OLD, b=FAILING), site(a=OLD, b=FAILING)],
        ("partial", 0, 0),
    ),
    "a sitemap that failed once, and that an older job read": (
        [site(a=OLD, b=sitemap("/4")), site(a=OLD, b=FAILING), site(a=OLD, b=sitemap("/4", "/5"))],
        ("ok", 1, 0),
    ),
    "what a job in part reported as new is not new again": (
        [
            site(a=OLD, b=sitemap("/4")),
            site(a=sitemap("/1", "/2", "/3"), b=FAILING),
            site(a=sitemap("/1", "/2", "/3"), b=sitemap("/4")),
        ],
        ("ok", 0, 0),
    ),
    "nothing is removed while a sitemap cannot be read": (
        [site(a=OLD, b=sitemap("/4")), site(a=sitemap("/1"), b=FAILING)],
        ("partial", 0, 0),
    ),
    "URLs that are listed twice, and move": (
        [
            site(a=sitemap("/1", "/1", "/2"), b=sitemap("/2", "/3")),
            site(a=sitemap("/1", "/3"), b=sitemap("/2", "/3")),
        ],
        ("ok", 0, 0),
    ),
    "a job that read nothing is no previous job": ([site(a=FAILING), site(a=OLD)], ("ok", None, None)),
}


@pytest.mark.parametrize("name", CASES)
async def test_urls_are_compared_with_the_last_job_that_read_the_sitemap(db: Database, name: str) -> None:
    nights, expected = CASES[name]
    results = [await analyze(db, each) for each in nights]
    assert results[-1] == expected


@pytest.mark.parametrize("name", CASES)
async def test_different_urls_are_as_many_as_in_a_first_run(db: Database, name: str) -> None:
    nights, _ = CASES[name]
    results = [await run(db, each) for each in nights]
    first = await run(db, nights[-1], tenant="first")
    assert results[-1].totals.unique_urls == first.totals.unique_urls


@pytest.mark.parametrize("spelling", ["https://shop.test", "http://shop.test/", "SHOP.test"])
async def test_a_site_has_one_history_however_it_is_written(db: Database, spelling: str) -> None:
    await analyze(db, site(a=OLD))
    pages = site(a=sitemap("/1", "/2", "/3"))
    pages["http://shop.test/robots.txt"] = pages[f"{SITE}/robots.txt"]
    assert await analyze(db, pages, spelling) == ("ok", 1, 0)


async def test_a_part_of_a_site_has_a_history_of_its_own(db: Database) -> None:
    await analyze(db, site(a=OLD))
    assert await analyze(db, site(a=OLD), f"{SITE}/a.xml") == ("ok", None, None)
    assert await analyze(db, site(a=OLD), "shop.test/a.xml") == ("ok", 0, 0)
    assert await analyze(db, site(a=OLD)) == ("ok", 0, 0)


async def test_tenants_are_not_compared(db: Database) -> None:
    await analyze(db, site(a=OLD))
    assert await analyze(db, site(a=OLD), tenant="other") == ("ok", None, None)


async def test_a_local_build_is_compared_with_builds_of_the_same_folder_and_url(
    db: Database, tmp_path: Path
) -> None:
    async def build(folder: str, *paths: str, base: str = SITE) -> tuple[int | None, int | None]:
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "sitemap.xml").write_bytes(sitemap(*paths))
        totals = (await analyze_target(db, Settings(), str(tmp_path / folder), base)).totals
        return totals.new_urls, totals.removed_urls

    await analyze(db, site(a=OLD))
    assert await build("dist", "/1", "/9") == (None, None)
    assert await build("dist", "/1", "/8") == (1, 1)
    assert await build("other", "/1") == (None, None)
    assert await build("dist", "/1", base="https://stage.test") == (None, None)
    assert await analyze(db, site(a=OLD)) == ("ok", 0, 0)
