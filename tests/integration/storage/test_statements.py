"""Statements do the same in a brief transaction, where they bypass SQLAlchemy on SQLite, as in any other."""

import datetime as dt
from typing import TYPE_CHECKING, Any, cast

import pytest
from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import StorageError
from sitemap_cli.model.values import Kind
from sitemap_cli.storage import models, statements
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.insert_ignore import insert_new, insert_or_ignore
from sitemap_cli.storage.models import Document
from sitemap_cli.storage.statements import MAX_LISTED, Statement
from tests.faults import Faults, injected

if TYPE_CHECKING:
    from sqlalchemy.pool import QueuePool

TABLE = models.table_of(Document)
COLUMN = TABLE.c
NOW = dt.datetime(2026, 11, 29, 12, 30, 1, 250_000, tzinfo=dt.UTC)
LOAD = Statement(
    select(*(each for each in COLUMN if each.name not in ("id", "tenant")))
    .where(COLUMN.tenant == bindparam("tenant"), COLUMN.digest.in_(bindparam("digests", expanding=True)))
    .where(COLUMN.kind.in_([Kind.URLSET, Kind.INDEX]))
    .order_by(COLUMN.urls)
)
FILL = Statement(update(TABLE).where(COLUMN.tenant == bindparam("owner"), COLUMN.urls < bindparam("below")))
ADD = Statement(insert(TABLE))
COUNT = Statement(select(func.count()).where(COLUMN.tenant == bindparam("tenant")))


@pytest.fixture(params=[False, True], ids=["ordinary", "brief"])
def is_brief(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def document(number: int, **values: Any) -> dict[str, Any]:
    return {
        "tenant": "default",
        "digest": bytes([number]) * 32,
        "kind": Kind.URLSET,
        "complete": number % 2 == 0,
        "bytes": 2**40,
        "urls": number,
        "children": 0,
        "problems": 0,
        "created_at": NOW,
        "days": {"20000": number},
        "codes": None,
        "encoding": "utf-8" if number else None,
        **values,
    }


async def test_rows_come_back_as_they_were_inserted(db: Database, is_brief: bool) -> None:
    rows = [document(number) for number in range(MAX_LISTED + 10)]
    async with db.transaction(is_brief=is_brief) as session:
        ids = await insert_new(session, Document, rows, "digest")
    assert ids.keys() == {each["digest"] for each in rows}
    for count in (0, 1, 3, MAX_LISTED, len(rows)):
        async with db.transaction(is_brief=is_brief) as session:
            wanted = [each["digest"] for each in rows[:count]]
            loaded = await LOAD.load_rows(session, {"tenant": "default", "digests": wanted})
        assert [{name: getattr(each, name) for name in rows[0] if name != "tenant"} for each in loaded] == [
            {name: value for name, value in each.items() if name != "tenant"} for each in rows[:count]
        ]
        assert all(type(each.complete) is bool and each.scope is None for each in loaded)
    assert loaded[1][-1] == loaded[1].created_at == NOW


async def test_rows_whose_key_exists_are_left_out(db: Database, is_brief: bool) -> None:
    async with db.transaction(is_brief=is_brief) as session:
        first = await insert_or_ignore(session, Document, document(1))
        assert await insert_or_ignore(session, Document, document(1)) is None
        some = await insert_new(session, Document, [document(number) for number in range(3)], "digest")
        assert first is not None
        assert some.keys() == {bytes(32), bytes([2]) * 32}
        assert await insert_new(session, Document, [document(1)], "digest") == {}
        assert await COUNT.find_value(session, {"tenant": "default"}) == 3
        assert await COUNT.find_value(session, {"tenant": "other"}) == 0


async def test_the_number_of_changed_rows_is_that_of_the_statement(db: Database, is_brief: bool) -> None:
    async with db.transaction(is_brief=is_brief) as session:
        await ADD.insert_rows(session, [document(number) for number in range(5)])
        values = {"owner": "default", "below": 3, "days": {"1": 2}, "encoding": "latin-1"}
        assert await FILL.count_changed(session, values) == 3
        assert await FILL.count_changed(session, {**values, "below": 0}) == 0
        found = await LOAD.load_rows(
            session, {"tenant": "default", "digests": [bytes([2]) * 32, bytes([3]) * 32]}
        )
        assert [(each.encoding, each.days) for each in found] == [
            ("latin-1", {"1": 2}),
            ("utf-8", {"20000": 3}),
        ]


async def test_statements_of_the_session_see_what_the_others_did(db: Database, is_brief: bool) -> None:
    async with db.transaction(is_brief=is_brief) as session:
        await ADD.insert_rows(session, [document(1)])
        assert await count_by_session(session) == 1
        await session.execute(delete(TABLE))
        assert await LOAD.find_row(session, {"tenant": "default", "digests": [bytes([1]) * 32]}) is None


async def count_by_session(session: AsyncSession) -> int | None:
    return await session.scalar(select(func.count()).select_from(TABLE))


async def test_what_the_database_refuses_is_an_error_and_leaves_nothing(db: Database, is_brief: bool) -> None:
    async def insert_two() -> None:
        async with db.transaction(is_brief=is_brief) as session:
            await ADD.insert_rows(session, [document(1)])
            await ADD.insert_rows(session, [document(2, digest=None)])

    with pytest.raises(StorageError, match="digest"):
        await insert_two()
    async with db.reading() as session:
        assert await count_by_session(session) == 0
    assert cast("QueuePool", db.writer.pool).checkedout() == 0


async def test_a_brief_transaction_on_sqlite_compiles_a_statement_once(db: Database, monkeypatch) -> None:
    compiled = list[str]()
    build = statements._Shape.__init__

    def noted(self: Any, *arguments: Any) -> None:
        compiled.append("shape")
        build(self, *arguments)

    monkeypatch.setattr(statements._Shape, "__init__", noted)
    statement = Statement(select(COLUMN.urls).where(COLUMN.urls.in_(bindparam("urls", expanding=True))))
    with injected(Faults()) as faults:
        for urls in ([1], [2], [1, 2]):
            async with db.transaction(is_brief=True) as session:
                await statement.load_rows(session, {"urls": urls})
    assert len(compiled) == (db.url.get_backend_name() == "sqlite")
    assert sum(each.startswith("execute SELECT documents.urls") for each in faults.seen) == 3
