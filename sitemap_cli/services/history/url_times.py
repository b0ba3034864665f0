"""Since when URLs are listed, and until when: recorded of those that a job added or removed."""

import datetime as dt
import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from importlib import import_module
from itertools import islice
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import JSON, BigInteger, bindparam, cast, func, null, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.services.shared.joined_columns import find_dialect
from sitemap_cli.storage.history_models import url_times
from sitemap_cli.storage.statements import Statement

STEP = 50_000
"""URLs that are recorded at a time."""

_FIRST, _LAST = "first_seen", "last_seen"


class SeenTimes(NamedTuple):
    """When a URL was listed first and last, in seconds since 1970.

    ``first`` is None for a URL that is listed since the history begins, ``last`` for one that still is.
    """

    first: int | None
    last: int | None


def make_keys(url_ids: Iterable[str]) -> "array[int]":
    """Return the keys of URLs, as :func:`make_key` does."""
    keys = array("q")
    keys.frombytes(b"".join([blake2b(each, digest_size=8).digest() for each in map(str.encode, url_ids)]))
    if sys.byteorder == "little":
        # The same keys on each machine, as one database may be used by several.
        keys.byteswap()
    return keys


def make_key(url_id: str) -> int:
    """Return the key of a URL, given as :func:`sitemap_cli.urls.identify_url` spells it; 64 bits, signed."""
    return make_keys([url_id])[0]


async def record_added(
    session: AsyncSession, history_id: int, keys: Sequence[int], since: dt.datetime
) -> None:
    """Record that URLs are listed since a job; those that were listed earlier are listed again."""
    await _record(session, history_id, keys, {_FIRST: _to_seconds(since), _LAST: None})


async def record_removed(
    session: AsyncSession, history_id: int, keys: Sequence[int], until: dt.datetime
) -> None:
    """Record that a job was the last one that listed some URLs."""
    await _record(session, history_id, keys, {_FIRST: None, _LAST: _to_seconds(until)})


async def load_times(session: AsyncSession, history_id: int, keys: Iterable[int]) -> Mapping[int, SeenTimes]:
    """Return when URLs were listed, by key; those without times are listed since the history begins."""
    found, left = dict[int, SeenTimes](), iter(keys)
    query = _select_times(await find_dialect(session))
    while some := [*islice(left, STEP)]:
        rows = await session.execute(query, {"history": history_id, "keys": _encode(some)})
        found |= {key: SeenTimes(first, last) for key, first, last in rows}
    return found


async def _record(
    session: AsyncSession, history_id: int, keys: Sequence[int], times: Mapping[str, int | None]
) -> None:
    statement = _build_upsert(await find_dialect(session), is_added=times[_LAST] is None)
    for first in range(0, len(keys), STEP):
        some = _encode(sorted(keys[first : first + STEP]))
        parameters = {"history": history_id, "keys": some, "time": times[_FIRST] or times[_LAST]}
        await statement.count_changed(session, parameters)


def _encode(keys: Sequence[int]) -> str:
    return msgspec.json.encode(keys).decode()


def _to_seconds(time: dt.datetime) -> int:
    return int(time.timestamp())


def _select_keys(dialect: str) -> Any:
    """Return a FROM clause with the keys of a JSON list in the column ``value``: one parameter for all."""
    keys: Any = bindparam("keys")
    if dialect == "sqlite":
        return func.json_each(keys).table_valued("value").c.value
    return cast(func.json_array_elements_text(cast(keys, JSON)).column_valued("value"), BigInteger)


@cache
def _build_upsert(dialect: str, *, is_added: bool) -> Statement:
    insert = import_module(f"sqlalchemy.dialects.{dialect}").insert(url_times)
    time: Any = bindparam("time", type_=BigInteger)
    times = (time, null()) if is_added else (null(), time)
    # Without a condition, SQLite takes the ON of ON CONFLICT for that of a join.
    rows = select(cast(bindparam("history"), BigInteger), _select_keys(dialect), *times).where(true())
    statement = insert.from_select(["history_id", "key", _FIRST, _LAST], rows)
    return Statement(
        statement.on_conflict_do_update(
            index_elements=[url_times.c.history_id, url_times.c.key],
            set_={_LAST: statement.excluded.last_seen},
        )
    )


@cache
def _select_times(dialect: str) -> Any:
    table = url_times.c
    wanted = select(_select_keys(dialect).label("key")).subquery()
    query = select(table.key, table.first_seen, table.last_seen).join(wanted, wanted.c.key == table.key)
    return query.where(table.history_id == bindparam("history"))
