"""Invalid lastmods, which a whole site may have in every entry: how often each value occurs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.hit import Hit
from sitemap_cli.audit.place_log import find_quoted
from sitemap_cli.parse.values.lenient_dates import describe_lenient_date
from sitemap_cli.spool import CHUNK, SpooledItems
from sitemap_cli.storage import models
from sitemap_cli.storage.models import Problem
from sitemap_cli.w3c_time import parse_w3c

LASTMOD = "lastmod-invalid"
MAX_VALUES = 30
"""Values of one sitemap that are counted, the most frequent ones."""

_ENTRY = models.entries.c
_ROW = models.table_of(models.Sitemap).c

_COUNTED = (
    select(_ROW.id, _ROW.document_id, func.min(Problem.id).label("first"), func.count().label("times"))
    .join(Problem, Problem.document_id == _ROW.document_id)
    .where(_ROW.job_id.in_(bindparam("jobs", expanding=True)), Problem.code == LASTMOD)
    .group_by(_ROW.id, _ROW.document_id, Problem.message)
    .subquery()
)
_RANK = func.row_number().over(
    partition_by=_COUNTED.c.id, order_by=(_COUNTED.c.times.desc(), _COUNTED.c.first)
)
_RANKED = select(_COUNTED, _RANK.label("rank")).subquery()
_VALUES = (
    select(_RANKED.c.id, _RANKED.c.document_id, _RANKED.c.times)
    .add_columns(Problem.message, Problem.line, Problem.position)
    .join(Problem, Problem.id == _RANKED.c.first)
    .where(_RANKED.c.rank <= MAX_VALUES)
    .order_by(_RANKED.c.id, _RANKED.c.rank)
)


async def count_values(
    session: AsyncSession, job_ids: Sequence[str], totals: Mapping[int, int]
) -> Mapping[int, Sequence[Hit]]:
    """Return, by sitemap of some jobs, a hit for each of the most frequent values, with its count of entries.

    ``totals`` are the numbers of invalid lastmods of the sitemaps. The parser records only some of very many;
    the entries know the others.
    """
    rows = defaultdict[int, list[Any]](list)
    for row in await session.execute(_VALUES, {"jobs": job_ids}):
        rows[row.id].append(row)
    found = dict[int, Sequence[Hit]]()
    for sitemap, values in rows.items():
        counts = {each.message: each.times for each in values}
        if sum(counts.values()) < totals.get(sitemap, 0):
            counts |= await _count_entries(session, values)
        found[sitemap] = [
            Hit(each.message, line=each.line, position=each.position, count=counts[each.message])
            for each in values
        ]
    return found


def complete_counts(places: Sequence[Hit], values: Sequence[Hit], total: int) -> tuple[Hit, ...]:
    """Return the first places of a problem, then one for each other value, with all of their counts.

    The last one stands for the entries with values that were not counted.
    """
    hits = list(places)
    for value in values:
        alike = [at for at, each in enumerate(hits) if each.message == value.message]
        more = value.count - len(alike)
        if not alike:
            hits.append(value)
        elif more > 0:
            hits[alike[0]] = replace(hits[alike[0]], count=1 + more)
    rest = total - sum(each.count for each in hits)
    if rest > 0 and hits:
        hits.append(replace(hits[-1], count=rest, cause=""))
    return tuple(hits)


async def add_lastmods(session: AsyncSession, document: int, places: SpooledItems[Hit], total: int) -> None:
    """Add the invalid lastmods that are not recorded as problems: the parser records the first thousand."""
    known = len(places)
    if known >= total:
        return
    query = select(_ENTRY.lastmod, _ENTRY.line, _ENTRY.position).order_by(_ENTRY.position)
    query = query.where(_ENTRY.document_id == document, _ENTRY.lastmod.is_not(None))
    seen = 0
    async for rows in (await session.stream(query)).partitions(CHUNK):
        odd = [row for row in rows if parse_w3c(row.lastmod) is None]
        new = odd[max(known - seen, 0) : max(total - seen, 0)]
        places.extend((describe_lenient_date(text)[1], line, None, position) for text, line, position in new)
        seen += len(odd)


async def _count_entries(session: AsyncSession, values: Sequence[Any]) -> Mapping[str, int]:
    """Return the numbers of entries with values that problems of one document name, by their messages."""
    messages = {find_quoted(each.message): each.message for each in values}
    query = select(_ENTRY.lastmod, func.count()).where(
        _ENTRY.document_id == values[0].document_id, _ENTRY.lastmod.in_(messages.keys() - {None})
    )
    rows = await session.execute(query.group_by(_ENTRY.lastmod))
    return {messages[value]: times for value, times in rows}
