"""Some entries of the documents of a job, taken at equal distances, for what a report estimates."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, and_, bindparam, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.services.shared.entry_packing import COLUMNS, LOC
from sitemap_cli.services.shared.packed_documents import Place, list_packed, load_columns
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
    places = list(_choose_places(sizes, most))
    packed = set(await list_packed(session, sizes))
    for document in sorted(packed):
        columns = await load_columns(session, document)
        wanted = [each.position - 1 for each in places if each.document_id == document]
        wanted = [at for at in wanted if at < len(columns[LOC])]
        yield [SampledEntry(columns[LOC][at], columns[EXTENSIONS][at]) for at in wanted]
    positions = defaultdict[int, list[int]](list)
    for each in places:
        if each.document_id not in packed:
            positions[each.document_id].append(each.position)
    stored = list(positions.items())
    for first in range(0, len(stored), PER_QUERY):
        yield await _load_entries(session, stored[first : first + PER_QUERY])


def _choose_places(sizes: Mapping[int, int], most: int) -> Iterator[Place]:
    """Yield every n-th place, counted over all documents, so that each has its share."""
    step = max(1, -(-sum(sizes.values()) // max(most, 1)))
    left = step // 2
    for document, size in sorted(sizes.items()):
        while left < size:
            yield Place(document, left + 1)
            left += step
        left -= size


async def _load_entries(
    session: AsyncSession, wanted: Sequence[tuple[int, Sequence[int]]]
) -> list[SampledEntry]:
    # SQLite would read all entries to find pairs in a list of pairs.
    here = (
        and_(_ENTRY.document_id == document, _ENTRY.position.in_(_bind_numbers(positions)))
        for document, positions in wanted
    )
    columns = (_ENTRY.document_id, _ENTRY.position, _ENTRY.loc, _ENTRY.extensions)
    query = select(*columns).where(or_(false(), *here))
    rows = sorted((await session.execute(query)).tuples(), key=lambda row: row[:2])
    return [SampledEntry(loc, extensions) for _, _, loc, extensions in rows]


def _bind_numbers(numbers: Sequence[int]) -> BindParameter[Any]:
    """Return a list of numbers that becomes part of the SQL text: drivers limit the number of parameters."""
    return bindparam(None, numbers, expanding=True, literal_execute=True)
