"""Some entries of the documents of a job, taken at equal distances, for what a report estimates."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, false, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.services.shared.entry_packing import COLUMNS, LOC
from sitemap_cli.services.shared.packed_documents import list_packed, load_columns
from sitemap_cli.storage.models import entries

EXTENSIONS = COLUMNS.index("extensions")
PER_QUERY = 100
"""Documents that one statement reads."""
_ENTRY = entries.c


class SampledEntry(NamedTuple):
    """An entry: its URL, and its extensions as JSON."""

    loc: str
    extensions: str | None


async def load_sample(
    session: AsyncSession, sizes: Mapping[int, int], most: int
) -> AsyncIterator[Sequence[SampledEntry]]:
    """Yield at most some entries of documents, in their order: all, or every n-th of all together.

    Args:
        session: the caller's.
        sizes: the number of entries of each document, by document id.
        most: the largest number of entries.
    """
    chosen = _choose_positions(sizes, most)
    packed = set(await list_packed(session, sizes))
    for document in sorted(packed & chosen.keys()):
        columns = await load_columns(session, document)
        wanted = [each - 1 for each in chosen.pop(document) if each <= len(columns[LOC])]
        yield [SampledEntry(columns[LOC][at], columns[EXTENSIONS][at]) for at in wanted]
    stored = list(chosen.items())
    for first in range(0, len(stored), PER_QUERY):
        yield await _load_entries(session, stored[first : first + PER_QUERY])


def _choose_positions(sizes: Mapping[int, int], most: int) -> dict[int, range]:
    """Return every n-th position, counted over all documents, so that each has its share."""
    step = max(1, -(-sum(sizes.values()) // max(most, 1)))
    left, chosen = step // 2, dict[int, range]()
    for document, size in sorted(sizes.items()):
        if positions := range(left + 1, size + 1, step):
            chosen[document] = positions
        left += len(positions) * step - size
    return chosen


async def _load_entries(session: AsyncSession, wanted: Sequence[tuple[int, range]]) -> list[SampledEntry]:
    # SQLite would read all entries to find pairs in a list of pairs.
    here = (
        and_(_ENTRY.document_id == document, _ENTRY.position.in_([_write_numbers(positions)]))
        for document, positions in wanted
    )
    columns = (_ENTRY.document_id, _ENTRY.position, _ENTRY.loc, _ENTRY.extensions)
    query = select(*columns).where(or_(false(), *here))
    rows = sorted((await session.execute(query)).all(), key=itemgetter(0, 1))
    return [SampledEntry(row[2], row[3]) for row in rows]


def _write_numbers(numbers: Iterable[int]) -> ColumnElement[int]:
    """Return a list of numbers as a part of the SQL text: drivers limit the number of parameters."""
    return literal_column(",".join(map(str, numbers)))
