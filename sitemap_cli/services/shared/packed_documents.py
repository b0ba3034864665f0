"""Read the entries of packed documents, in memory or back into the table of entries."""

from collections.abc import Collection
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Select, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import DamagedError, NotFoundError
from sitemap_cli.model.text_columns import TextColumn
from sitemap_cli.services.shared.entry_packing import COLUMNS, NUMBERS, Columns, unpack_entries
from sitemap_cli.services.shared.joined_columns import find_dialect, select_joined
from sitemap_cli.storage import bulk_insert, models
from sitemap_cli.storage.bulk_insert import Part
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.history_models import PackedEntries
from sitemap_cli.storage.models import Document, entries

_DOCUMENT, _PACKED = (models.table_of(each).c for each in (Document, PackedEntries))
_STORED = (
    select(_DOCUMENT.is_packed, _DOCUMENT.urls, _PACKED.base_id, _PACKED.rows)
    .outerjoin(models.table_of(PackedEntries), _PACKED.document_id == _DOCUMENT.id)
    .where(_DOCUMENT.id == bindparam("document"))
)

_LIST_PACKED = select(_DOCUMENT.id).where(_DOCUMENT.id.in_(bind_ids("documents")), _DOCUMENT.is_packed)

# The document that was unpacked last, with its columns, by engine: it is read in several parts.
_last_unpacked: WeakKeyDictionary[Any, tuple[int, Columns]] = WeakKeyDictionary()


async def load_columns(session: AsyncSession, document_id: int) -> Columns:
    """Return all entries of a document, which may be packed.

    Raises:
        NotFoundError: the document was removed.
        DamagedError: its entries cannot be read.
    """
    engine = session.get_bind().engine
    last = _last_unpacked.get(engine)
    if last is not None and last[0] == document_id:
        return last[1]
    chain = list[tuple[bytes, int]]()
    columns: Columns | None = None
    needed: int | None = document_id
    while needed is not None and columns is None:
        stored = (await session.execute(_STORED, {"document": needed})).one_or_none()
        if stored is None:
            raise NotFoundError("the job was removed while its URLs were read")
        if not stored.is_packed:
            columns = await load_stored_columns(session, needed)
        elif stored.rows is None:
            raise DamagedError("packed entries are missing", where=f"document {needed}")
        else:
            chain.append((stored.rows, stored.urls))
        needed = stored.base_id if stored.is_packed else None
    for packed, urls in reversed(chain):
        columns = _unpack(packed, columns, urls, document_id)
    if columns is None:
        raise DamagedError("packed entries are missing", where=f"document {document_id}")
    if chain:
        _last_unpacked[engine] = (document_id, columns)
    return columns


async def list_packed(session: AsyncSession, document_ids: Collection[int]) -> list[int]:
    """Return those of some documents that are packed."""
    if not document_ids:
        return []
    return list(await session.scalars(_LIST_PACKED, {"documents": sorted(document_ids)}))


async def load_stored_columns(session: AsyncSession, document_id: int) -> Columns:
    """Return all entries of a document that is not packed."""
    query = _select_columns(await find_dialect(session))
    size, *texts = (await session.execute(query, {"document": document_id})).one()
    columns = [TextColumn(text or "", size) for text in texts]
    return [
        each.split_numbers() if name in NUMBERS else [None] * size if each.is_absent else list(each.split())
        for name, each in zip(COLUMNS, columns, strict=True)
    ]


@cache
def _select_columns(dialect: str) -> Select[*tuple[Any, ...]]:
    columns = [entries.c[name] for name in COLUMNS]
    return select_joined(dialect, columns, entries.c.document_id == bindparam("document"), marks_missing=True)


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
