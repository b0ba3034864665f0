"""What is written of the difference between two jobs is what sets of their URLs say."""

import io
import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from sitemap_cli.crawl import targets
from sitemap_cli.crawl.url_scope import UrlSection, parse_section
from sitemap_cli.model.difference import ComparedSide
from sitemap_cli.model.difference_results import DiffHead
from sitemap_cli.output.difference_format import Comparison, WritingOptions, load_difference_format
from sitemap_cli.services.history import document_columns, group_resolution, job_comparison
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Job
from sitemap_cli.tasks.compare_jobs import write_difference
from tests.fakes import DictFetcher, Reply
from tests.integration.analyzed_job import record_analysis
from tests.web import index

SITE = "https://shop.test"
SETTINGS = Settings(no_known_paths=True, retries=0)
FOLDERS = ("", "products/", "blog/", "blog/2026/", "de/produkte/")
NIGHTS = 3
Sitemaps = Sequence[Mapping[str, str] | None]
"""The lastmods of URLs by their paths, in each sitemap; None for one that cannot be read."""

HEAD = DiffHead(from_="1", to="2", from_at="", to_at="")
COMPARISON = Comparison(HEAD, ComparedSide("1", "1", ""), ComparedSide("2", "2", ""), "shop.test", "shop")


async def record(db: Database, sitemaps: Sitemaps) -> Job:
    names = [f"{SITE}/{number}.xml" for number, _ in enumerate(sitemaps)]
    pages: dict[str, Any] = {
        f"{SITE}/robots.txt": f"Sitemap: {SITE}/sitemap.xml\n".encode(),
        f"{SITE}/sitemap.xml": index(*names),
    }
    bodies = [Reply(b"", 503) if listed is None else write_sitemap(listed) for listed in sitemaps]
    fetcher = DictFetcher(pages | dict(zip(names, bodies, strict=True)))
    job_id = await record_analysis(db, targets.parse_target("shop.test"), fetcher, SETTINGS)
    async with db.reading() as session:
        return await session.get_one(Job, job_id)


def write_sitemap(listed: Mapping[str, str]) -> bytes:
    entries = (
        f"<url><loc>{SITE}{path}</loc><lastmod>{lastmod}</lastmod></url>" for path, lastmod in listed.items()
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(entries)}</urlset>'.encode()


async def compare(
    db: Database, old: Job, new: Job, parts: Sequence[UrlSection] = (), limit: int | None = None
) -> Any:
    stream, chosen = io.BytesIO(), load_difference_format("json")
    await write_difference(
        db,
        (old, new),
        parts,
        stream,
        lambda held: chosen.open_writer(held, COMPARISON, WritingOptions()),
        limit,
    )
    return json.loads(stream.getvalue())


def make_nights(chance: random.Random) -> list[list[dict[str, str]]]:
    """Return the sitemaps of some nights: URLs come, go, change and move; some are listed twice."""
    paths = {f"/{chance.choice(FOLDERS)}page-{number}": "2026-11-01" for number in range(3_000)}
    nights = list[list[dict[str, str]]]()
    for night in range(NIGHTS):
        parts: list[dict[str, str]] = [{}, {}, {}, {}]
        for path, lastmod in paths.items():
            parts[chance.randrange(4) if chance.random() < 0.1 else len(path) % 4][path] = lastmod
            if chance.random() < 0.02:
                parts[chance.randrange(4)][path] = lastmod
        nights.append(parts)
        for path in chance.sample([*paths], 200):
            del paths[path]
        paths |= {f"/{chance.choice(FOLDERS)}new-{night}-{number}": "2026-11-02" for number in range(300)}
        paths |= dict.fromkeys(chance.sample([*paths], 100), f"2026-11-1{night}")
    return nights


def join(sitemaps: Sitemaps) -> dict[str, str]:
    return {f"{SITE}{path}": lastmod for each in sitemaps for path, lastmod in (each or {}).items()}


def find_folder(url: str) -> str:
    folders = url.removeprefix(f"{SITE}/").split("/")[:-1]
    return f"/{''.join(f'{each}/' for each in folders[: 2 if folders[:1] == ['de'] else 1])}"


@pytest.mark.parametrize("window", [50_000, 300])
async def test_differences_are_those_of_sets(
    db: Database, window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_resolution, "LARGE", window * 2)
    for module in (document_columns, job_comparison):
        monkeypatch.setattr(module, "WINDOW", window)
    nights = make_nights(random.Random(window))
    jobs = [await record(db, night) for night in nights]
    for first, second in ((0, 1), (1, 2), (0, 2)):
        then, now = join(nights[first]), join(nights[second])
        for prefix in ("", "/blog/", "/blog/2026/"):
            parts = [part for part in (parse_section(prefix),) if part is not None]
            old, new = ({url for url in side if url.startswith(f"{SITE}{prefix}")} for side in (then, now))
            changed = {url for url in old & new if then[url] != now[url]}
            found = await compare(db, jobs[first], jobs[second], parts)
            assert sorted(found["added"]) == sorted(new - old)
            assert sorted(found["removed"]) == sorted(old - new)
            assert sorted((each["loc"], *each["lastmod"]) for each in found["changed"]) == sorted(
                (url, then[url], now[url]) for url in changed
            )
            assert found["counts"] == {
                "added": len(new - old),
                "removed": len(old - new),
                "changed": len(changed),
                "unchanged": len(old & new) - len(changed),
            }
            check_sections(found["sections"], old, new, changed, is_whole=prefix != "/blog/2026/")


def check_sections(
    sections: Sequence[Mapping[str, Any]], old: set[str], new: set[str], changed: set[str], *, is_whole: bool
) -> None:
    found = {each["prefix"]: (each["added"], each["removed"], each["changed"]) for each in sections}
    kinds = (new - old, old - new, changed)
    names = {find_folder(url) for kind in kinds for url in kind}
    assert found == {
        name: tuple(sum(find_folder(url) == name for url in kind) for kind in kinds) for name in names
    }
    for each in sections:
        sizes = (each["from"], each["to"])
        assert (None not in sizes) == is_whole
        if is_whole:
            # Entries count in each sitemap that lists them.
            assert sizes[0] >= sum(find_folder(url) == each["prefix"] for url in old)


async def test_a_limit_is_for_each_kind_and_changes_no_count(db: Database) -> None:
    old = await record(db, [{f"/{n}": "2026-01-01" for n in range(20)}])
    new = await record(db, [{f"/{n}": "2026-01-02" for n in range(10, 40)}])
    found = await compare(db, old, new, limit=3)
    assert [len(found[kind]) for kind in ("added", "removed", "changed")] == [3, 3, 3]
    assert found["counts"] == {"added": 20, "removed": 10, "changed": 10, "unchanged": 0}


async def test_a_job_that_was_read_in_part_has_no_removed_urls(db: Database) -> None:
    whole = await record(db, [{"/a": "2026-01-01", "/b": "2026-01-01"}, {"/c": "2026-01-01"}])
    partial = await record(db, [{"/a": "2026-01-02", "/d": "2026-01-01"}, None])
    found = await compare(db, whole, partial)
    assert (found["added"], found["removed"]) == ([f"{SITE}/d"], [])
    assert found["counts"] == {"added": 1, "removed": None, "changed": 1, "unchanged": None}
    later = await record(db, [{"/a": "2026-01-02", "/e": "2026-01-01"}, {"/c": "2026-01-01"}])
    found = await compare(db, partial, later)
    # The other sitemap was not read then, so that nothing is known of its URLs.
    assert (found["added"], found["removed"], found["changed"]) == ([f"{SITE}/e"], [], [])
    assert [(each["prefix"], each["removed"]) for each in found["sections"]] == [("/", None)]


async def test_the_same_job_has_no_difference_to_itself(db: Database) -> None:
    job = await record(db, [{"/a": "2026-01-01"}])
    found = await compare(db, job, job)
    assert found["counts"] == {"added": 0, "removed": 0, "changed": 0, "unchanged": 1}
    assert found["sections"] == []
