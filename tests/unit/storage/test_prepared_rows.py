"""The image of prepared rows has every column, also where no entry has extensions."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from sitemap_cli.model.item_batch import EntryColumns
from sitemap_cli.storage.prepared_rows import FIELDS, ImageBuilder


def batch(first: int, count: int, extensions: dict[str, Any] | None = None) -> EntryColumns:
    entries = EntryColumns()
    locs = [f"https://a.example/{n}" for n in range(first, first + count)]
    same: list[Any] = [None] * count
    entries.extend(locs, same, same, same, same, range(first, first + count), [extensions] * count)
    return entries


@pytest.mark.parametrize(
    "batches",
    [
        [],
        [batch(1, 250)],
        [batch(1, 250, {"images": [{"loc": "i"}]})],
        [batch(1, 250), batch(251, 3, {"images": [{"loc": "i"}]}), batch(254, 120)],
    ],
)
def test_an_image_has_all_rows_in_order(batches: list[EntryColumns]) -> None:
    builder = ImageBuilder()
    for each in batches:
        builder.add(each)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(builder.finish())
        columns = [name for _, name, *_ in connection.execute("PRAGMA table_info(entries)")]
        rows = connection.execute("SELECT rowid, loc, line, extensions FROM entries").fetchall()
    assert tuple(columns) == FIELDS
    entries = [entry for each in batches for entry in each]
    assert rows == [
        (n, entry.loc, entry.line, '{"images":[{"loc":"i"}]}' if entry.extensions else None)
        for n, entry in enumerate(entries, 1)
    ]
