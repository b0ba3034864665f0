"""Documents that newer jobs have superseded are packed, and whoever reads them sees no difference."""

import random
from collections.abc import Mapping, Sequence
from typing import Any
from unittest.mock import AsyncMock

import pytest
from sqlalchemy import func, select, update

from sitemap_cli.audit.selection import parse_selection
from sitemap_cli.crawl import targets
from sitemap_cli.errors import DamagedError
from sitemap_cli.model.values import Status
from sitemap_cli.services.catalog import removal, superseded_documents
from sitemap_cli.services.checking import checks
from sitemap_cli.services.history.job_comparison import load_changes, prepare_steps
from sitemap_cli.services.history.listed_documents import list_documents
from sitemap_cli.services.recording.job_sitemaps import load_job_sitemaps
from sitemap_cli.services.reporting import database_faults, listed_urls
from sitemap_cli.services.reporting.listed_urls import UrlFilter
from sitemap_cli.services.shared.entry_packing import COLUMNS, pack_entries, unpack_entries
from sitemap_cli.services.shared.packed_documents import load_columns
from sitemap_cli.services.shared.url_keys import load_locs
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.history_models import PackedEntries
from sitemap_cli.storage.models import Document, Job, entries
from sitemap_cli.tasks import check, packing
from tests.fakes import DictFetcher
from tests.integration.analyzed_job import record_analysis
from tests.web import index

SITE = "https://shop.test"
SETTINGS = Settings(no_known_paths=True, retries=0)
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
IMAGE = 'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
FIELDS = ("loc", "lastmod", "lastmod_utc", "priority", "line", "extensions")

Night = Mapping[str, Sequence[str]]
"""The entries of each sitemap, as XML."""


def make_entry(number: int, lastmod: str = "2026-11-01", *, image: bool = False) -> str:
    extra = f"<image:image><image:loc>{SITE}/{number}.png</image:loc></image:image>" if image else ""
    return f"<url>\n<loc>{SITE}/{number}</loc>\n<lastmod>{lastmod}</lastmod>{extra}\n</url>\n"


def make_site(night: Night) -> dict[str, Any]:
    pages: dict[str, Any] = {
        f"{SITE}/robots.txt": f"Sitemap: {SITE}/sitemap.xml\n".encode(),
        f"{SITE}/sitemap.xml": index(*(f"{SITE}/{name}.xml" for name in night)),
    }
    for name, listed in night.items():
        body = f"<urlset {NAMESPACE} {IMAGE}>\n{''.join(listed)}</urlset>"
        pages[f"{SITE}/{name}.xml"] = body.encode()
    return pages


async def record(db: Database, night: Night) -> str:
    return await record_analysis(
        db, targets.parse_target("shop.test"), DictFetcher(make_site(night)), SETTINGS
    )


def change(chance: random.Random, night: Night) -> dict[str, list[str]]:
    """Return a night in which a few entries of each sitemap changed, came or went."""
    changed = dict[str, list[str]]()
    for name, listed in night.items():
        rows = [*listed]
        for _ in range(3):
            number = chance.randrange(10_000)
            at = chance.randrange(len(rows))
            entry = make_entry(number, f"2026-11-{chance.randrange(1, 28):02}", image=chance.random() < 0.3)
            rows[at : at + chance.randrange(2)] = [entry] * chance.randrange(3)
        changed[name] = rows or [make_entry(0)]
    return changed


def make_nights(seed: str, count: int) -> list[Night]:
    chance = random.Random(seed)
    night: Night = {name: [make_entry(chance.randrange(10_000)) for _ in range(40)] for name in ("a", "b")}
    nights = [night]
    while len(nights) < count:
        kind = chance.random()
        if kind < 0.2:
            nights.append(nights[-1])
        elif kind < 0.3:
            # The site is restored from a backup.
            nights.append(chance.choice(nights))
        else:
            nights.append(change(chance, nights[-1]))
    return nights


async def list_urls(db: Database, job_id: str, wanted: UrlFilter = UrlFilter()) -> list[tuple[Any, ...]]:  # noqa: B008 - frozen
    async with db.reading() as session:
        windows = await listed_urls.list_windows(session, job_id, wanted)
        pages = [
            page
            for window in windows
            for page in await listed_urls.load_window(session, window, wanted, None, FIELDS)
        ]
    return [
        row for page in pages for row in zip(*(page.columns[name].split() for name in FIELDS), strict=True)
    ]


async def compare(db: Database, old: str, new: str) -> tuple[set[str], set[str], set[str]]:
    async with db.reading() as session:
        then, now = [list_documents(await load_job_sitemaps(session, each)) for each in (old, new)]
        steps = await prepare_steps(session, then, now, is_unique=False)
        found = [await load_changes(session, step) for step in steps]
    return (
        {loc for each in found for loc in each.added.locs},
        {loc for each in found for loc in each.removed.locs},
        {changed.loc for each in found for changed in each.changed},
    )


async def count_packed(db: Database) -> int:
    async with db.reading() as session:
        return await session.scalar(select(func.count()).where(Document.is_packed)) or 0


async def find_faults(db: Database) -> list[str]:
    finders = (
        *(database_faults.find_miscounted_documents, database_faults.find_miscounted_sitemaps),
        *(database_faults.find_unused_documents, database_faults.find_lost_entries),
    )
    async with db.reading() as session:
        return [fault for each in finders for fault in (await each(session, 0)).faults]


@pytest.mark.parametrize("depth", [16, 3])
async def test_readers_see_no_difference(db: Database, depth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(superseded_documents, "MAX_DEPTH", depth)
    nights, jobs, listed = make_nights(f"depth {depth}", 12), list[str](), list[list[tuple[Any, ...]]]()
    for night in nights:
        jobs.append(await record(db, night))
        listed.append(await list_urls(db, jobs[-1]))
    assert await count_packed(db) >= 6
    assert [await list_urls(db, each) for each in jobs] == listed
    since = UrlFilter(since=1_793_664_000)
    recent = [[row for row in rows if int(row[2]) >= 1_793_664_000] for rows in listed]
    assert any(recent)
    assert [await list_urls(db, each, since) for each in jobs] == recent
    chance = random.Random(0)
    for _ in range(20):
        one, other = sorted(chance.sample(range(len(jobs)), 2))
        added, removed, _ = await compare(db, jobs[one], jobs[other])
        old, new = ({row[0] for row in listed[each]} for each in (one, other))
        assert (added, removed) == (new - old, old - new)
    async with db.reading() as session:
        documents = await session.scalars(select(Document.id).where(Document.urls > 0))
        locs = [loc async for page in load_locs(session, set(documents)) for loc in page.locs]
    assert len(locs) >= len({row[0] for rows in listed for row in rows})
    assert await find_faults(db) == []


async def test_a_document_is_packed_once_two_complete_jobs_have_others(db: Database) -> None:
    nights = make_nights("in turn", 2)
    chance = random.Random(1)
    nights = [nights[0], change(chance, nights[0]), change(chance, nights[0]), change(chance, nights[0])]
    packed = []
    for night in nights:
        await record(db, night)
        packed.append(await count_packed(db))
    assert packed == [0, 0, 2, 4]


@pytest.mark.parametrize(("status", "packed"), [(Status.RUNNING, 0), (Status.COMPLETED, 1)])
async def test_documents_of_a_job_that_runs_and_of_the_one_before_it_are_not_packed(
    db: Database, status: Status, packed: int
) -> None:
    jobs = [await record(db, {"a": [make_entry(number)]}) for number in range(2)]
    # It began before the others, and has not ended.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "pack_superseded", AsyncMock())
        jobs += [await record(db, {"a": [make_entry(number)]}) for number in range(2, 4)]
    async with db.transaction() as session:
        await session.execute(update(Job).where(Job.id == jobs[1]).values(status=status))
    assert await packing.pack_superseded(db, jobs[-1]) == packed


async def test_a_job_that_reads_an_old_document_again_expands_it(db: Database) -> None:
    (first,) = make_nights("restored", 1)
    chance = random.Random(2)
    for _ in range(2):
        await record(db, first)
    for night in (change(chance, first), change(chance, first), change(chance, first)):
        await record(db, night)
    assert await count_packed(db) == 4
    job = await record(db, first)
    rows = await list_urls(db, job)
    assert len(rows) == sum(map(len, first.values()))
    async with db.reading() as session:
        stored = await session.scalar(
            select(func.count())
            .select_from(entries)
            .where(entries.c.document_id.in_(select(Document.id).where(~Document.is_packed)))
        )
        urls = await session.scalar(select(func.sum(Document.urls)).where(~Document.is_packed))
    assert stored == urls
    assert await find_faults(db) == []


async def test_what_a_check_needs_is_expanded(db: Database) -> None:
    nights = make_nights("checked", 6)
    jobs = [await record(db, night) for night in nights]
    rows = await list_urls(db, jobs[1])
    await packing.expand_for_check(db, jobs[1])
    async with db.reading() as session:
        assert await superseded_documents.list_packed_for_check(session, jobs[1]) == []
    assert await list_urls(db, jobs[1]) == rows
    assert await find_faults(db) == []


async def test_a_check_is_repeated_if_its_documents_are_packed_meanwhile(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = [make_entry(1), make_entry(1), make_entry(2)]
    nights: list[Night] = [{"a": twice}, {"a": [make_entry(3)]}, {"a": [make_entry(4)]}]
    jobs = [await record(db, night) for night in nights]
    gather, packed = checks.gather_fact, list[int]()

    async def gather_while_packing(session: Any, running: Any, name: str) -> Any:
        if not packed:
            packed.append(await packing.pack_superseded(db, jobs[-1]))
        return await gather(session, running, name)

    monkeypatch.setattr(checks, "gather_fact", gather_while_packing)
    options = checks.CheckOptions(parse_selection(select=["SM3"]))
    checked = await check.check_job(db, "default", jobs[0], options)
    assert packed == [1]
    assert "more than once" in repr([each.message for each in checked.outcome.findings])


async def test_pruned_jobs_leave_the_documents_that_packed_ones_need(db: Database) -> None:
    nights = make_nights("pruned", 8)
    jobs = [await record(db, night) for night in nights]
    listed = [await list_urls(db, each) for each in jobs]
    # A job in the middle goes, then all but the last two.
    for gone in ([3, 4], [0, 1, 2, 5]):
        async with db.transaction() as session:
            await removal.mark_jobs_removed(session, [jobs[each] for each in gone])
        for step in (removal.delete_removed_jobs, removal.delete_removed_documents):
            is_done = False
            while not is_done:
                async with db.transaction() as session:
                    is_done = await step(session) is None
        async with db.reading() as session:
            left = set(await session.scalars(select(Job.id).where(Job.tenant == "default")))
        assert all(
            [await list_urls(db, job) == rows for job, rows in zip(jobs, listed, strict=True) if job in left]
        )
        assert await find_faults(db) == []
    async with db.reading() as session:
        assert await session.scalar(select(func.count()).select_from(PackedEntries)) == 0


def test_packed_entries_are_what_they_were() -> None:
    chance = random.Random(3)
    for number in range(200):
        base = make_columns(chance, chance.randrange(30))
        rows = [*zip(*base, strict=True)]
        for _ in range(chance.randrange(6)):
            if rows:
                at = chance.randrange(len(rows))
                new = [*zip(*make_columns(chance, 2), strict=True)]
                rows[at : at + chance.randrange(3)] = new[: chance.randrange(3)]
        columns = [list(each) for each in zip(*rows, strict=True)] if rows else [[] for _ in COLUMNS]
        other = base if number % 3 else None
        assert unpack_entries(pack_entries(columns, other), other) == columns


def make_columns(chance: random.Random, size: int) -> list[list[Any]]:
    choices: dict[str, Sequence[Any]] = {
        "loc": [f"{SITE}/{each}" for each in range(20)],
        "lastmod": [None, "2026-11-01", "never"],
        "lastmod_utc": [None, 5, -1],
        "line": [None, 1, 7, 900],
    }
    return [[chance.choice(choices.get(name, [None, "x"])) for _ in range(size)] for name in COLUMNS]


ONE = [[1 if name == "line" else "a"] for name in COLUMNS]
DAMAGED: dict[str, tuple[bytes, list[list[Any]] | None]] = {
    "no packed entries": (b"x", None),
    "without the base": (pack_entries(ONE, ONE), None),
    "another base": (pack_entries(ONE, ONE), [[] for _ in COLUMNS]),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_an_error(name: str) -> None:
    packed, base = DAMAGED[name]
    with pytest.raises(ValueError, match="packed entries"):
        unpack_entries(packed, base)


async def test_damaged_packed_entries_are_found(db: Database) -> None:
    for night in make_nights("damaged", 6):
        await record(db, night)
    async with db.transaction() as session:
        packed = (await session.scalars(select(PackedEntries).limit(1))).one()
        document, packed.rows = packed.document_id, b"x"
    faults = await find_faults(db)
    assert len(faults) >= 1
    assert f"document {document}: packed entries are damaged" in "\n".join(faults)


async def test_a_document_with_the_id_of_a_removed_one_is_not_taken_for_it(db: Database) -> None:
    for night in make_nights("ids", 6):
        await record(db, night)
    async with db.reading() as session:
        document = (await session.scalars(select(PackedEntries.document_id).limit(1))).one()
        assert await load_columns(session, document)
    async with db.transaction() as session:
        other = update(PackedEntries).where(PackedEntries.document_id == document).values(rows=b"x")
        await session.execute(other)
        await session.execute(update(Document).where(Document.id == document).values(digest=b"another"))
    async with db.reading() as session:
        with pytest.raises(DamagedError):
            await load_columns(session, document)
