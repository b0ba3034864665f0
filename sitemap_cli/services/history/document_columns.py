"""The entries of a document as columns, as far as they matter for a comparison."""

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import NotFoundError
from sitemap_cli.model.text_columns import TextColumn
from sitemap_cli.services.history.listed_documents import ListedDocument
from sitemap_cli.services.shared.entry_packing import COLUMNS as PACKED_COLUMNS
from sitemap_cli.services.shared.joined_columns import find_dialect, select_joined
from sitemap_cli.services.shared.packed_documents import load_columns
from sitemap_cli.services.shared.size_groups import split_by_size
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.models import entries
from sitemap_cli.urls import identify_url

WINDOW = 50_000
"""Entries that are read at a time."""
SMALL = 5_000
"""Entries of a document that is read together with others."""
MAX_DOCUMENTS = 500
"""Documents that are read at a time."""


class EntryValues(NamedTuple):
    """What an entry says of its URL, as it is written; ``extensions`` is JSON. None where it is missing."""

    lastmod: str | None = None
    changefreq: str | None = None
    priority: str | None = None
    extensions: str | None = None


NO_VALUES = EntryValues()
FIELDS = EntryValues._fields
COLUMNS = ("loc", *FIELDS)


class Listing(NamedTuple):
    """Consecutive URLs of a document: as they are spelled, and as they are identified."""

    locs: list[str]
    ids: list[str]


class EntryWindow(NamedTuple):
    """Consecutive entries of a document."""

    document: ListedDocument
    listing: Listing
    columns: Sequence[TextColumn]
    """The :data:`FIELDS`."""


class DocumentReader:
    """Reads whole documents in a known order: small ones together with those that are read next."""

    __slots__ = ("_documents", "_kept", "_places", "_previous")

    def __init__(self, documents: Iterable[ListedDocument]) -> None:
        self._documents = [each for each in documents if each.urls <= SMALL]
        self._places = {each.id: at for at, each in enumerate(self._documents)}
        # Those that were read last, and those before them: the documents of a pair may be in both.
        self._kept = self._previous = dict[int, EntryWindow]()

    async def load_listing(self, session: AsyncSession, document: ListedDocument) -> Listing:
        """Return the URLs of a document.

        Raises:
            NotFoundError: the document was removed.
        """
        window = await self._load_window(session, document)
        return await load_listing(session, document) if window is None else window.listing

    async def load_values(self, session: AsyncSession, document: ListedDocument) -> Sequence[TextColumn]:
        """Return the :data:`FIELDS` of the entries of a document.

        Raises:
            NotFoundError: the document was removed.
        """
        window = await self._load_window(session, document)
        return await load_values(session, document) if window is None else window.columns

    async def _load_window(self, session: AsyncSession, document: ListedDocument) -> EntryWindow | None:
        """Return all entries of a small document."""
        if document.id not in self._places:
            return None
        found = self._kept.get(document.id) or self._previous.get(document.id)
        if found is None:
            following = self._documents[self._places[document.id] :]
            some = next(_split(following))
            self._previous, self._kept = self._kept, await _load_small(session, some)
            found = self._kept[document.id]
        return found


async def load_listing(
    session: AsyncSession, document: ListedDocument, first: int = 1, last: int | None = None
) -> Listing:
    """Return the URLs of a document between two positions, by default all of them.

    Raises:
        NotFoundError: the document was removed.
    """
    (locs,) = await _load_columns(session, document, ("loc",), first, last)
    return _build_listing(document, locs)


async def load_values(
    session: AsyncSession, document: ListedDocument, first: int = 1, last: int | None = None
) -> Sequence[TextColumn]:
    """Return the :data:`FIELDS` of the entries of a document between two positions, by default of all.

    Raises:
        NotFoundError: the document was removed.
    """
    return await _load_columns(session, document, FIELDS, first, last)


class WindowRange(NamedTuple):
    """What is read at a time: some small documents, or what is between two positions of one document."""

    documents: Sequence[ListedDocument]
    first: int = 1
    last: int = 0


def list_windows(documents: Iterable[ListedDocument]) -> list[WindowRange]:
    """Return what to read of documents, in their order."""
    found = list[WindowRange]()
    for some in _split(documents):
        if len(some) > 1:
            found.append(WindowRange(some))
            continue
        size = some[0].urls
        found += (
            WindowRange(some, first, min(first + WINDOW - 1, size)) for first in range(1, size + 1, WINDOW)
        )
    return found


async def load_range(session: AsyncSession, range_: WindowRange) -> Collection[EntryWindow]:
    """Return the entries that are read at a time.

    Raises:
        NotFoundError: a document was removed.
    """
    if len(range_.documents) > 1:
        return (await _load_small(session, range_.documents)).values()
    document = range_.documents[0]
    locs, *columns = await _load_columns(session, document, COLUMNS, range_.first, range_.last)
    return [EntryWindow(document, _build_listing(document, locs), columns)]


async def load_windows(
    session: AsyncSession, documents: Iterable[ListedDocument]
) -> AsyncIterator[EntryWindow]:
    """Yield the entries of documents, some at a time.

    Raises:
        NotFoundError: a document was removed.
    """
    for range_ in list_windows(documents):
        for window in await load_range(session, range_):
            yield window


def pick_values(columns: Sequence[Sequence[str | None]], at: int) -> EntryValues:
    """Return the values of one entry."""
    return EntryValues(*(column[at] for column in columns))


def split_values(columns: Sequence[TextColumn]) -> list[Sequence[str | None]]:
    """Return the values of columns."""
    return [[None] * each.size if each.is_absent else each.split() for each in columns]


async def _load_columns(
    session: AsyncSession, document: ListedDocument, names: tuple[str, ...], first: int, last: int | None
) -> list[TextColumn]:
    query = _select_columns(await find_dialect(session), names)
    which = {"document": document.id, "first": first, "last": last or document.urls}
    size, *texts = (await session.execute(query, which)).one()
    if size != which["last"] - first + 1:
        return await _unpack_columns(session, document, names, first, which["last"])
    return [TextColumn(text or "", size) for text in texts]


async def _unpack_columns(
    session: AsyncSession, document: ListedDocument, names: Sequence[str], first: int, last: int
) -> list[TextColumn]:
    """Return columns of a document whose entries are not in the table: they are packed, or it was removed.

    Raises:
        NotFoundError: it was removed.
    """
    columns = dict(zip(PACKED_COLUMNS, await load_columns(session, document.id), strict=True))
    parts = [columns[name][first - 1 : last] for name in names]
    if len(parts[0]) != last - first + 1:
        raise NotFoundError("the job was removed while it was compared")
    return [TextColumn.join(part) for part in parts]


def _build_listing(document: ListedDocument, locs: TextColumn) -> Listing:
    spelled = locs.split_filled()
    return Listing(spelled, list(map(identify_url, spelled)) if document.is_respelled else spelled)


def _split(documents: Iterable[ListedDocument]) -> Iterator[list[ListedDocument]]:
    """Yield documents to load at a time: some small ones, or another one."""
    return split_by_size(documents, attrgetter("urls"), WINDOW, MAX_DOCUMENTS)


async def _load_small(session: AsyncSession, documents: Sequence[ListedDocument]) -> dict[int, EntryWindow]:
    """Return all entries of some small documents, by id in their order.

    Raises:
        NotFoundError: a document was removed.
    """
    query = _select_documents(await find_dialect(session))
    rows = {
        row[0]: row for row in await session.execute(query, {"documents": [each.id for each in documents]})
    }
    found = dict[int, EntryWindow]()
    for document in documents:
        _, size, *texts = rows.get(document.id, (0, 0))
        if size == document.urls:
            locs, *columns = (TextColumn(text, size) for text in texts)
        else:
            locs, *columns = await _unpack_columns(session, document, COLUMNS, 1, document.urls)
        found[document.id] = EntryWindow(document, _build_listing(document, locs), columns)
    return found


@cache
def _select_documents(dialect: str) -> Select[*tuple[Any, ...]]:
    table = entries.c
    listed = table.document_id.in_(bind_ids("documents"))
    columns = [table[name] for name in COLUMNS]
    return select_joined(dialect, columns, listed, key=[table.document_id], marks_missing=True)


@cache
def _select_columns(dialect: str, names: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    here = entries.c.position.between(bindparam("first"), bindparam("last"))
    columns = [entries.c[name] for name in names]
    return select_joined(
        dialect, columns, entries.c.document_id == bindparam("document"), here, marks_missing=True
    )
