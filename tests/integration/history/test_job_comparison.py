"""The changes between two jobs are those that a comparison of all their entries finds."""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.services.history import document_columns, group_resolution, job_comparison
from sitemap_cli.services.history.document_columns import EntryValues, EntryWindow, WindowRange
from sitemap_cli.services.history.group_resolution import Resolution
from sitemap_cli.services.history.job_comparison import Changes, load_changes, prepare_steps
from sitemap_cli.services.history.listed_documents import Group, ListedDocument
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Document, entries, table_of
from sitemap_cli.urls import identify_url

SITE = "https://shop.test"
CASES = 120
SPELLINGS = ("{}", "HTTPS://SHOP.test:443{}", "{}#top")

Entry = tuple[str, EntryValues]
Documents = Mapping[int, Sequence[Entry]]


class Pair(NamedTuple):
    """Two jobs: the documents of each, by the URL of the sitemap."""

    old: Mapping[str, int]
    new: Mapping[str, int]


def make_cases(chance: random.Random) -> tuple[dict[int, Sequence[Entry]], list[Pair]]:
    """Return documents, and jobs over them: some list a URL once, some in several sitemaps and spellings."""
    documents, pairs = dict[int, Sequence[Entry]](), list[Pair]()

    def add(listed: Sequence[Entry]) -> int:
        documents[len(documents) + 1] = listed
        return len(documents)

    for number in range(CASES):
        sites = [make_site(chance, is_unique=number % 2 == 0)]
        sites.append(change_site(chance, sites[0]))
        jobs = list[dict[str, int]]()
        known = dict[tuple[Entry, ...], int]()
        for site in sites:
            job = dict[str, int]()
            for sitemap, listed in site.items():
                key = tuple(listed)
                known.setdefault(key, 0)
                known[key] = known[key] or add(listed)
                job[sitemap] = known[key]
            jobs.append(job)
        pairs.append(Pair(*jobs))
    return documents, pairs


def make_values(chance: random.Random) -> EntryValues:
    extensions = chance.choice([None, None, '{"images":[]}'])
    return EntryValues(
        chance.choice([None, "2026-01-01", "2026-01-02"]), None, chance.choice([None, "0.5"]), extensions
    )


def make_site(chance: random.Random, *, is_unique: bool) -> dict[str, list[Entry]]:
    paths = [f"{SITE}/{chance.choice('abc')}/{each}" for each in range(chance.randrange(12))]
    if not is_unique:
        paths += [spell(chance, each) for each in chance.sample(paths, len(paths) // 3)]
    if chance.random() < 0.5:
        chance.shuffle(paths)
    else:
        paths.sort()
    cut = chance.randrange(len(paths) + 1)
    parts = [paths[:cut], paths[cut:]]
    return {
        f"{SITE}/{at}.xml": [(each, make_values(chance)) for each in part]
        for at, part in enumerate(parts)
        if part
    }


def spell(chance: random.Random, url: str) -> str:
    return chance.choice(SPELLINGS).format(url.removeprefix(SITE)) if chance.random() < 0.5 else url


def change_site(chance: random.Random, site: Mapping[str, Sequence[Entry]]) -> dict[str, list[Entry]]:
    """Return a site as it is a day later: entries changed, moved, came or went, sitemaps have other names."""
    changed = {sitemap: [*listed] for sitemap, listed in site.items()}
    kind = chance.randrange(6)
    for listed in changed.values():
        for at, (loc, _) in enumerate(listed):
            if chance.random() < (0.9 if kind == 0 else 0.15):
                listed[at] = (loc, make_values(chance))
        if kind == 1:
            chance.shuffle(listed)
        if listed and chance.random() < 0.4:
            listed.pop(chance.randrange(len(listed)))
        if chance.random() < 0.4:
            listed.append((f"{SITE}/{chance.choice('abcd')}/new{chance.randrange(99)}", make_values(chance)))
        if kind == 4 and listed:
            at = chance.randrange(len(listed))
            listed[at] = (listed[at][0].replace(SITE, "https://SHOP.test"), listed[at][1])
    sitemaps = [*changed]
    if kind == 2 and len(sitemaps) == 2:
        one, other = sitemaps
        changed[one], changed[other] = changed[other][::2], changed[one] + changed[other][1::2]
    if kind == 3:
        changed = {f"{sitemap}.new": listed for sitemap, listed in changed.items()}
    return {sitemap: listed for sitemap, listed in changed.items() if listed}


def list_documents(job: Mapping[str, int], documents: Documents) -> list[ListedDocument]:
    found = dict[int, ListedDocument]()
    for sitemap, id_ in job.items():
        locs = [loc for loc, _ in documents[id_]]
        is_respelled = any(identify_url(each) != each for each in locs)
        ends = (None, None) if is_respelled else (min(locs), max(locs))
        unique = len({*map(identify_url, locs)})
        found.setdefault(id_, ListedDocument(id_, sitemap, len(locs), unique, *ends, is_respelled))
    return [*found.values()]


def is_unique(*sides: Sequence[ListedDocument], documents: Documents) -> bool:
    for side in sides:
        ids = [identify_url(loc) for each in side for loc, _ in documents[each.id]]
        if len(ids) != len({*ids}):
            return False
    return True


def compare_all(pair: Pair, documents: Documents) -> tuple[set[str], set[str], set[str]]:
    """Compare all entries of two jobs as sets."""
    sides = list[dict[str, set[EntryValues]]]()
    for job in pair:
        side = defaultdict[str, set[EntryValues]](set)
        for id_ in job.values():
            for loc, values in documents[id_]:
                side[identify_url(loc)].add(values)
        sides.append(side)
    old, new = sides
    changed = {each for each in new.keys() & old.keys() if new[each].isdisjoint(old[each])}
    return new.keys() - old.keys(), old.keys() - new.keys(), changed


async def record(db: Database, documents: Documents) -> None:
    now = dt.datetime.now(dt.UTC)
    facts = {
        "tenant": "default",
        "kind": "urlset",
        "complete": True,
        "bytes": 1,
        "children": 0,
        "problems": 0,
    }
    rows = [
        {"id": id_, "digest": str(id_).encode(), "created_at": now, "urls": len(listed), **facts}
        for id_, listed in documents.items()
    ]
    listed_rows = [
        {"document_id": id_, "position": at, "loc": loc, **values._asdict()}
        for id_, listed in documents.items()
        for at, (loc, values) in enumerate(listed, 1)
    ]
    async with db.transaction() as session:
        await session.execute(insert(table_of(Document)), rows)
        await session.execute(insert(entries), listed_rows)


def check_changes(found: Sequence[Changes], pair: Pair, documents: Documents) -> None:
    added, removed, changed = compare_all(pair, documents)
    lists = [
        [each for changes in found for each in changes.added.ids],
        [each for changes in found for each in changes.removed.ids],
        [each.id for changes in found for each in changes.changed],
    ]
    assert [sorted(each) for each in lists] == [sorted(each) for each in (added, removed, changed)]
    for changes in found:
        then = documents[pair.old[changes.old_sitemap]] if changes.removed.locs else ()
        assert {*changes.removed.locs} <= {loc for loc, _ in then}
        now = documents[pair.new[changes.new_sitemap]] if changes.added.locs or changes.changed else ()
        assert {*changes.added.locs} <= {loc for loc, _ in now}
        assert {(each.loc, each.new) for each in changes.changed} <= {*now}
        old = {(identify_url(loc), values) for id_ in pair.old.values() for loc, values in documents[id_]}
        assert {(each.id, each.old) for each in changes.changed} <= old


LIMITS: dict[str, tuple[int, int, int, int]] = {
    "small documents, read together": (200_000, 50_000, 100_000, 5_000),
    "some read together, some alone": (200_000, 5, 100_000, 3),
    "documents in parts": (2, 2, 100_000, 1),
    "older values looked up again": (3, 4, 0, 2),
}


@pytest.mark.parametrize("limits", LIMITS)
async def test_changes_are_those_of_sets(db: Database, limits: str, monkeypatch: pytest.MonkeyPatch) -> None:
    large, window, kept, small = LIMITS[limits]
    monkeypatch.setattr(group_resolution, "LARGE", large)
    monkeypatch.setattr(group_resolution, "MAX_KEPT", kept)
    monkeypatch.setattr(document_columns, "SMALL", small)
    for module in (document_columns, job_comparison):
        monkeypatch.setattr(module, "WINDOW", window)
    documents, pairs = make_cases(random.Random(limits))
    await record(db, documents)
    kinds = [0, 0, 0]
    for pair in pairs:
        old, new = (list_documents(job, documents) for job in pair)
        unique = is_unique(old, new, documents=documents)
        async with db.reading() as session:
            steps = await prepare_steps(session, old, new, is_unique=unique)
            found = [await load_changes(session, step) for step in steps]
        check_changes(found, pair, documents)
        kinds[0] += unique
        kinds[1] += any(step.resolution is not None for step in steps)
        kinds[2] += bool(found)
    assert min(kinds) > CASES / 10


async def test_the_older_entries_are_read_once_where_all_of_a_large_sitemap_changed(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name, value in (
        (group_resolution, "LARGE", 10),
        (group_resolution, "MAX_KEPT", 0),
        (document_columns, "WINDOW", 10),
        (job_comparison, "WINDOW", 10),
    ):
        monkeypatch.setattr(module, name, value)
    paths = [f"{SITE}/{number:03}" for number in range(300)]
    documents: Documents = {
        1: [(each, EntryValues("2026-01-01")) for each in paths],
        2: [(each, EntryValues("2026-01-02")) for each in ["https://shop.test/", *paths]],
    }
    await record(db, documents)
    sitemap, loaded = f"{SITE}/0.xml", list[int]()
    load_range = document_columns.load_range

    async def count_range(session: AsyncSession, range_: WindowRange) -> Collection[EntryWindow]:
        loaded.append(range_.first)
        return await load_range(session, range_)

    monkeypatch.setattr(group_resolution, "load_range", count_range)
    old, new = (list_documents({sitemap: id_}, documents) for id_ in documents)
    async with db.reading() as session:
        steps = await prepare_steps(session, old, new, is_unique=True)
        found = [await load_changes(session, step) for step in steps]
    check_changes(found, Pair({sitemap: 1}, {sitemap: 2}), documents)
    assert len(loaded) < 2 * len(paths) / 10 + 2


async def test_many_small_groups_of_sitemaps_are_resolved_together(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents, old, new = dict[int, Sequence[Entry]](), dict[str, int](), dict[str, int]()
    for number in range(1, 91, 3):
        urls = [f"{SITE}/{number:02}/{name}" for name in "abc"]
        values = EntryValues("2026-01-01"), EntryValues("2026-01-02")
        documents[number], documents[number + 1] = ([(url, each) for url in urls] for each in values)
        # Listed once more by a sitemap that does not change.
        documents[number + 2] = [(urls[1], values[0])]
        changed, unchanged = f"{SITE}/{number}.xml", f"{SITE}/{number}-same.xml"
        old |= {changed: number, unchanged: number + 2}
        new |= {changed: number + 1, unchanged: number + 2}
    await record(db, documents)
    resolved = list[Group]()
    resolve_group = group_resolution.resolve_group

    async def count_group(session: AsyncSession, group: Group, *, is_unique: bool) -> Resolution:
        resolved.append(group)
        return await resolve_group(session, group, is_unique=is_unique)

    monkeypatch.setattr(job_comparison, "resolve_group", count_group)
    then, now = (list_documents(each, documents) for each in (old, new))
    async with db.reading() as session:
        steps = await prepare_steps(session, then, now, is_unique=False)
        found = [await load_changes(session, step) for step in steps]
    check_changes(found, Pair(old, new), documents)
    assert len(resolved) == 1
