"""Entries are stored as they were read, whichever of their columns have values."""

import datetime as dt

import pytest
from sqlalchemy import select

from sitemap_cli.model.item_batch import EntryColumns
from sitemap_cli.model.values import Entry, Kind
from sitemap_cli.storage.bulk_insert import Part, insert_entries
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.insert_ignore import insert_new
from sitemap_cli.storage.models import Document, entries

NOW = dt.datetime(2026, 11, 29, tzinfo=dt.UTC)
ROWS = {
    "locs alone": lambda number: Entry(f"https://example.com/{number}"),
    "zeros and empty texts": lambda number: Entry(f"https://example.com/{number}", "", 0, "", "", 0),
    "a value in the last row": lambda number: Entry(
        f"https://example.com/{number}", changefreq="daily" if number == 249 else None, line=number
    ),
    "everything": lambda number: Entry(
        f"https://example.com/{number}", "1970-01-01", 0, "daily", "0.5", number, {"image": [{"loc": "a"}]}
    ),
}


@pytest.mark.parametrize("is_brief", [False, True])
async def test_columns_without_values_are_null_and_no_others(db: Database, is_brief: bool) -> None:
    batches = {name: [make(number) for number in range(250)] for name, make in ROWS.items()}
    async with db.transaction(is_brief=is_brief) as session:
        found = await insert_new(session, Document, [build_document(name) for name in batches], "digest")
        ids = {name: found[name.encode()] for name in batches}
        await insert_entries(
            session, [Part(ids[name], 1, build_columns(each)) for name, each in batches.items()]
        )
    async with db.reading() as session:
        for name, each in batches.items():
            query = select(entries).where(entries.c.document_id == ids[name]).order_by(entries.c.position)
            rows = (await session.execute(query)).all()
            assert [row.position for row in rows] == list(range(1, 251))
            fields = ("loc", "lastmod", "lastmod_utc", "changefreq", "priority", "line")
            wanted = [tuple(getattr(one, field) for field in fields) for one in each]
            assert [tuple(row)[2:8] for row in rows] == wanted
            extensions = '{"image":[{"loc":"a"}]}' if name == "everything" else None
            assert {row.extensions for row in rows} == {extensions}


def build_document(name: str) -> dict[str, object]:
    counts = dict.fromkeys(("bytes", "urls", "children", "problems"), 0)
    facts = {"digest": name.encode(), "kind": Kind.URLSET, "complete": True, "created_at": NOW}
    return {"tenant": "default", **facts, **counts}


def build_columns(several: list[Entry]) -> EntryColumns:
    columns = EntryColumns()
    for each in several:
        columns.add(each)
    return columns
