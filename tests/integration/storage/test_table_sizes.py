"""Sizes of tables where SQLite cannot measure them."""

import datetime as dt

from sqlalchemy import insert

from sitemap_cli.services.reporting import table_sizes
from sitemap_cli.storage import models
from sitemap_cli.storage.database import Database


async def test_estimates_add_up_and_have_the_right_order(db: Database) -> None:
    if db.url.get_backend_name() != "sqlite":
        async with db.reading() as session:
            assert await table_sizes.measure_tables(session) is not None
        return
    documents = models.table_of(models.Document)
    row = {"tenant": "default", "digest": b"x", "kind": "urlset", "complete": True, "bytes": 1, "urls": 5_000}
    row |= {"children": 0, "problems": 0, "created_at": dt.datetime.now(dt.UTC)}
    entries = [{"document_id": 1, "position": n, "loc": f"https://a.example/{n}" * 4} for n in range(5_000)]
    async with db.transaction() as session:
        await session.execute(insert(documents).values(id=1, **row))
        await session.execute(insert(models.entries), entries)
    async with db.reading() as session:
        measured = {each.table: each.bytes for each in await table_sizes.measure_tables(session) or ()}
        estimated = {each.table: each.bytes for each in await table_sizes.estimate_tables(session)}
        used = await session.scalar(table_sizes.USED)
    assert next(iter(estimated)) == next(iter(measured)) == "entries"
    assert abs(sum(estimated.values()) - (used or 0)) < len(estimated)
