"""The numbers of different, new and removed URLs are those of sets."""

import datetime as dt
from collections.abc import Mapping, Sequence

import pytest
from sqlalchemy import event, insert

from sitemap_cli.services.recording import url_counts
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import RESPELLED, Document, entries, table_of

SITE = "https://shop.test"
Documents = Mapping[int, Sequence[str]]


async def record(db: Database, documents: Documents, *, respelled: int = 0) -> None:
    async with db.transaction() as session:
        for id_, paths in documents.items():
            counts = {"bytes": 1, "urls": len(paths), "children": 0, "problems": 0}
            facts = {"tenant": "default", "kind": "urlset", "complete": True, "codes": {RESPELLED: respelled}}
            created_at = dt.datetime.now(dt.UTC)
            row = {"id": id_, "digest": str(id_).encode(), "created_at": created_at, **facts, **counts}
            await session.execute(insert(table_of(Document)), [row])
            listed = [
                {"document_id": id_, "position": position, "loc": f"{SITE}{path}"}
                for position, path in enumerate(paths, 1)
            ]
            if listed:
                await session.execute(insert(entries), listed)


SITES: dict[str, Documents] = {
    "sections that lie apart": {1: ["/a/1", "/a/2"], 2: ["/c/1"], 3: ["/b/1", "/b/2"]},
    "sections with a URL twice in one of them": {1: ["/a/1", "/a/2", "/a/1"], 2: ["/b/1", "/b/1"]},
    "numbers, which are not in alphabetical order": {1: ["/9", "/10"], 2: ["/11", "/90"]},
    "one section inside of another": {1: ["/a", "/z"], 2: ["/c", "/d"]},
    "a URL in two sitemaps": {1: ["/a", "/b"], 2: ["/b", "/c"]},
    "the same URLs in all sitemaps": {1: ["/a", "/b"], 2: ["/a", "/b"], 3: ["/b", "/a"]},
    "an empty sitemap": {1: ["/a"], 2: [], 3: ["/b"]},
    "nothing": {1: []},
}


def describe(documents: Documents, *, is_known: bool = True) -> list[url_counts.DocumentUrls]:
    """Return what a reading finds out about the URLs of documents, or only their numbers."""
    found = []
    for id_, paths in documents.items():
        known = (len({*paths}), f"{SITE}{min(paths)}", f"{SITE}{max(paths)}") if paths and is_known else ()
        found.append(url_counts.DocumentUrls(id_, len(paths), *known))
    return found


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("name", SITES)
async def test_different_urls_are_counted_as_by_a_set(db: Database, name: str, is_known: bool) -> None:
    await record(db, SITES[name])
    expected = len({path for paths in SITES[name].values() for path in paths})
    async with db.reading() as session:
        listed = describe(SITES[name], is_known=is_known)
        assert await url_counts.count_urls(session, listed, is_respelled=False) == expected


SEPARATE = {
    "sections that lie apart": True,
    "sections with a URL twice in one of them": True,
    "numbers, which are not in alphabetical order": False,
    "one section inside of another": False,
    "a URL in two sitemaps": False,
    "the same URLs in all sitemaps": False,
}


@pytest.mark.parametrize(("name", "is_separate"), SEPARATE.items())
def test_no_url_is_looked_at_where_documents_have_none_in_common(name: str, is_separate: bool) -> None:
    found = url_counts.count_separate_urls(describe(SITES[name]))
    assert (found is not None) == is_separate


CHANGES: dict[str, tuple[set[int], set[int]]] = {
    "nothing": ({1, 2}, {1, 2}),
    "one sitemap": ({1, 4}, {1, 3}),
    "all sitemaps": ({1, 2}, {3, 4}),
    "a new sitemap": ({1, 2, 3}, {1, 2}),
    "a sitemap that is gone": ({1}, {1, 2, 4}),
    "a first sitemap": ({2}, set()),
    "the last sitemap": (set(), {2}),
}
DOCUMENTS: Documents = {
    1: ["/a", "/b", "/shared"],
    2: ["/c", "/c", "/shared", "/d"],
    3: ["/a", "/e", "/d"],
    4: ["/e", "/f", "/b", "/f"],
}


@pytest.mark.parametrize("respelled", [0, 1], ids=["texts", "keys"])
@pytest.mark.parametrize("name", CHANGES)
async def test_new_and_removed_urls_are_counted_as_by_sets(db: Database, name: str, respelled: int) -> None:
    await record(db, DOCUMENTS, respelled=respelled)
    now, then = ({path for id_ in side for path in DOCUMENTS[id_]} for side in CHANGES[name])
    async with db.reading() as session:
        changes = await url_counts.count_changes(session, *CHANGES[name])
    assert changes[:2] == (len(now - then), len(then - now))


async def test_new_and_removed_urls_are_counted_by_one_statement(db: Database) -> None:
    await record(db, DOCUMENTS)
    statements = list[str]()
    async with db.reading() as session:
        engine = (await session.connection()).sync_connection
        assert engine is not None
        event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        await url_counts.count_changes(session, {1, 2, 4}, {1, 2, 3})
    assert len([each for each in statements if "entries" in each]) == 1


OVERLAPS: dict[str, tuple[Documents, list[int]]] = {
    "sections that lie apart": ({1: ["/a", "/b"], 2: ["/d"], 3: ["/c"]}, []),
    "a section inside of another": ({1: ["/a", "/z"], 2: ["/zz"], 3: ["/c", "/d"]}, [1, 3]),
    "a long section with two others in it": ({1: ["/a", "/z"], 2: ["/b"], 3: ["/y"], 4: ["/zz"]}, [1, 2, 3]),
    "sections that touch": ({1: ["/a", "/b"], 2: ["/b", "/c"], 3: ["/d"]}, [1, 2]),
    "an empty sitemap": ({1: [], 2: ["/a"], 3: ["/b"]}, []),
}


@pytest.mark.parametrize("name", OVERLAPS)
def test_documents_share_urls_only_where_their_ranges_overlap(name: str) -> None:
    documents, expected = OVERLAPS[name]
    assert sorted(url_counts.list_overlapping_documents(describe(documents))) == expected


def test_a_document_of_which_nothing_is_known_may_share_urls_with_all_others() -> None:
    documents = [*describe({1: ["/a"], 2: ["/b"]}), url_counts.DocumentUrls(3, 1)]
    assert sorted(url_counts.list_overlapping_documents(documents)) == [1, 2, 3]
