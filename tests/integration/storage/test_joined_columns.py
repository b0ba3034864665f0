"""Columns of entries come as one text each, in the order of the entries."""

import datetime as dt
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects import sqlite

from sitemap_cli.audit.entry_batch import SEPARATOR
from sitemap_cli.services.shared.joined_columns import find_dialect, select_joined
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Document, entries, table_of

ENTRY = entries.c
URLS = 50


def make_document(id_: int) -> dict[str, Any]:
    counts = {"bytes": 1, "urls": URLS, "children": 0, "problems": 0}
    kind = {"tenant": "default", "kind": "urlset", "complete": True, "created_at": dt.datetime.now(dt.UTC)}
    return {"id": id_, "digest": str(id_).encode(), **kind, **counts}


def make_entry(document: int, position: int) -> dict[str, Any]:
    loc, lastmod = f"/{document}/{position}", None if position % 3 else "2026-11-01"
    return {"document_id": document, "position": position, "loc": loc, "lastmod": lastmod}


async def test_values_are_joined_in_the_order_of_the_entries(db: Database) -> None:
    async with db.transaction() as session:
        await session.execute(insert(table_of(Document)), [make_document(id_) for id_ in (1, 2, 3)])
        rows = [make_entry(id_, position) for position in range(URLS, 0, -1) for id_ in (2, 3, 1)]
        await session.execute(insert(entries), rows)
        statement = select_joined(
            await find_dialect(session),
            (ENTRY.loc, ENTRY.lastmod),
            ENTRY.document_id.in_((1, 3)),
            ENTRY.position > 10,
            key=[ENTRY.document_id],
        )
        found = (await session.execute(statement.order_by("document_id"))).all()
    positions = range(11, URLS + 1)
    assert [tuple(row) for row in found] == [
        (
            document,
            len(positions),
            SEPARATOR.join(f"/{document}/{position}" for position in positions),
            SEPARATOR.join("" if position % 3 else "2026-11-01" for position in positions),
        )
        for document in (1, 3)
    ]


def test_sqlite_reads_joined_columns_without_copying_rows_or_parameters() -> None:
    statement = select_joined("sqlite", [ENTRY.loc], ENTRY.document_id == 1)
    text = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True})
    assert str(text).replace("\n", "") == (
        "SELECT count(*) AS count_1, "
        f"group_concat(coalesce(entries.loc, ''), '{SEPARATOR}') AS aggregate_strings_1 "
        "FROM entries WHERE entries.document_id = ?"
    )
