"""Read the entries of packed documents, in memory or back into the table of entries."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Select, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import DamagedError, NotFoundError
from sitemap_cli.model.text_columns import TextColumn
from sitemap_cli.services.shared.entry_packing import COLUMNS, LASTMOD, NUMBERS, Columns, unpack_entries
from sitemap_cli.services.shared.joined_columns import find_dialect, select_joined
from sitemap_cli.storage import bulk_insert, models
from sitemap_cli.storage.bulk_insert import Part
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.history_models import PackedEntries
from sitemap_cli.storage.models import Document, entries

_DOCUMENT, _PACKED = (models.table_of(each).c for each in (Document, PackedEntries))
_ENTRY = entries.c
NO_ENTRIES: Columns = [()] * len(COLUMNS)
TRIES = 3
"""How often a document is read whose base another transaction packs or expands meanwhile."""

_STORED = (
    select(
        *(_DOCUMENT.id, _DOCUMENT.is_packed, _DOCUMENT.urls, _DOCUMENT.digest),
        *(_PACKED.base_id, _PACKED.rows),
    )
    .outerjoin(models.table_of(PackedEntries), _PACKED.document_id == _DOCUMENT.id)
    .where(_DOCUMENT.id == bindparam("document"))
)

_LIST_PACKED = select(_DOCUMENT.id).where(_DOCUMENT.id.in_(bind_ids("documents")), _DOCUMENT.is_packed)

# The document that was unpacked last, with its columns, by engine: it is read in several parts. SQLite gives
# the id of a document that was removed to another one, so its digest must be the same, too.
_last_unpacked: WeakKeyDictionary[Any, tuple[tuple[int, bytes], Columns]] = WeakKeyDictionary()


class Place(NamedTuple):
    """The document and the position of an entry."""

    document_id: int
    position: int


async def load_columns(session: AsyncSession, document_id: int) -> Columns:
    """Return all entries of a document, which may be packed.

    Raises:
        NotFoundError: the document was removed.
        DamagedError: its entries cannot be read.
    """
    for _ in range(TRIES - 1):
        with suppress(DamagedError):
            return await _load_columns(session, document_id)
    return await _load_columns(session, document_id)


async def _load_columns(session: AsyncSession, document_id: int) -> Columns:
    engine = session.get_bind().engine
    stored = await _load_stored(session, document_id)
    if not stored.is_packed:
        return await _load_unpacked(session, document_id)
    key, last = (document_id, stored.digest), _last_unpacked.get(engine)
    if last is not None and last[0] == key:
        return last[1]
    chain = [stored]
    while (base_id := chain[-1].base_id) is not None and stored.is_packed:
        stored = await _load_stored(session, base_id)
        chain += [stored] * stored.is_packed
    base = None if stored.is_packed else await _load_unpacked(session, stored.id)
    *others, first = chain
    columns = _unpack(first.rows, base, first.urls, document_id)
    for each in reversed(others):
        columns = _unpack(each.rows, columns, each.urls, document_id)
    _last_unpacked[engine] = (key, columns)
    return columns


async def _load_stored(session: AsyncSession, document_id: int) -> Any:
    stored = (await session.execute(_STORED, {"document": document_id})).one_or_none()
    if stored is None:
        raise NotFoundError("the job was removed while its URLs were read")
    if stored.is_packed and stored.rows is None:
        raise DamagedError("packed entries are missing", where=f"document {document_id}")
    return stored


async def load_packed_lastmods(
    session: AsyncSession, places: Collection[Place], most: int | None = None
) -> dict[Place, str | None]:
    """Return the lastmods of those entries whose documents are packed.

    ``most`` is the largest number of documents that are read; the entries of others are missing.
    """
    wanted = defaultdict[int, list[int]](list)
    for each in places:
        wanted[each.document_id].append(each.position)
    found = dict[Place, str | None]()
    for document in sorted(await list_packed(session, wanted))[:most]:
        lastmods = (await load_columns(session, document))[LASTMOD]
        positions = (position for position in wanted[document] if position <= len(lastmods))
        found |= {Place(document, position): lastmods[position - 1] for position in positions}
    return found


async def list_packed(session: AsyncSession, document_ids: Collection[int]) -> list[int]:
    """Return those of some documents that are packed."""
    if not document_ids:
        return []
    return list(await session.scalars(_LIST_PACKED, {"documents": sorted(document_ids)}))


async def load_stored_columns(session: AsyncSession, document_ids: Collection[int]) -> dict[int, Columns]:
    """Return all entries of documents, without those that have none in the table of entries."""
    query = _select_columns(await find_dialect(session))
    rows = await session.execute(query, {"documents": sorted(document_ids)})
    return {document: _split_columns(size, texts) for document, size, *texts in rows}


def _split_columns(size: int, texts: Sequence[str | None]) -> Columns:
    columns = [TextColumn(text or "", size) for text in texts]
    return [
        each.split_numbers() if name in NUMBERS else [None] * size if each.is_absent else list(each.split())
        for name, each in zip(COLUMNS, columns, strict=True)
    ]


@cache
def _select_columns(dialect: str) -> Select[*tuple[Any, ...]]:
    columns = [_ENTRY[name] for name in COLUMNS]
    listed = _ENTRY.document_id.in_(bind_ids("documents"))
    return select_joined(dialect, columns, listed, key=[_ENTRY.document_id], marks_missing=True)


async def _load_unpacked(session: AsyncSession, document_id: int) -> Columns:
    found = await load_stored_columns(session, [document_id])
    return found.get(document_id, NO_ENTRIES)


async def expand_documents(session: AsyncSession, document_ids: Collection[int]) -> None:
    """Store the entries of packed documents in the table of entries again.

    Raises:
        NotFoundError: a document was removed.
        DamagedError: entries cannot be read.
    """
    for document_id in sorted(document_ids):
        # Another transaction may do the same.
        locked = select(Document.is_packed).where(Document.id == document_id).with_for_update(key_share=True)
        if not await session.scalar(locked):
            continue
        columns = await load_columns(session, document_id)
        await bulk_insert.insert_columns(session, Part(document_id, 1, columns))
        unpacked = update(Document).where(Document.id == document_id).values(is_packed=False)
        await session.execute(unpacked)
        await session.execute(delete(PackedEntries).where(PackedEntries.document_id == document_id))


def _unpack(packed: bytes, base: Columns | None, urls: int, document_id: int) -> Columns:
    try:
        columns = unpack_entries(packed, base)
    except ValueError as error:
        raise DamagedError(str(error), where=f"document {document_id}") from error
    if len(columns[0]) != urls:
        why = f"there are {len(columns[0]):,}, not {urls:,}"
        raise DamagedError("packed entries are not all there", where=f"document {document_id}", why=why)
    return columns
