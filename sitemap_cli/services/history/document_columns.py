"""The entries of a document as columns, as far as they matter for a comparison."""

from collections.abc import AsyncIterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import NotFoundError
from sitemap_cli.model.text_columns import TextColumn
from sitemap_cli.services.history.listed_documents import ListedDocument
from sitemap_cli.services.shared.joined_columns import find_dialect, select_joined
from sitemap_cli.storage.models import entries
from sitemap_cli.urls import identify_url

WINDOW = 50_000
"""Entries that are read at a time."""


class EntryValues(NamedTuple):
    """What an entry says of its URL, as it is written; ``extensions`` is JSON. None where it is missing."""

    lastmod: str | None = None
    changefreq: str | None = None
    priority: str | None = None
    extensions: str | None = None


NO_VALUES = EntryValues()
FIELDS = EntryValues._fields


class Listing(NamedTuple):
    """Consecutive URLs of a document: as they are spelled, and as they are identified."""

    locs: list[str]
    ids: list[str]


async def load_listing(
    session: AsyncSession, document: ListedDocument, first: int = 1, last: int | None = None
) -> Listing:
    """Return the URLs of a document between two positions, by default all of them.

    Raises:
        NotFoundError: the document was removed.
    """
    (locs,) = await _load_columns(session, document, ("loc",), first, last)
    spelled = locs.split_filled()
    return Listing(spelled, list(map(identify_url, spelled)) if document.is_respelled else spelled)


async def load_values(
    session: AsyncSession, document: ListedDocument, first: int = 1, last: int | None = None
) -> Sequence[TextColumn]:
    """Return the :data:`FIELDS` of the entries of a document between two positions, by default of all.

    Raises:
        NotFoundError: the document was removed.
    """
    return await _load_columns(session, document, FIELDS, first, last)


async def load_windows(
    session: AsyncSession, document: ListedDocument
) -> AsyncIterator[tuple[Listing, Sequence[TextColumn]]]:
    """Yield the URLs of a document with their fields, some at a time."""
    for first in range(1, document.urls + 1, WINDOW):
        last = min(first + WINDOW - 1, document.urls)
        columns = await _load_columns(session, document, ("loc", *FIELDS), first, last)
        spelled = columns[0].split_filled()
        ids = list(map(identify_url, spelled)) if document.is_respelled else spelled
        yield Listing(spelled, ids), columns[1:]


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
        raise NotFoundError("the job was removed while it was compared")
    return [TextColumn(text or "", size) for text in texts]


@cache
def _select_columns(dialect: str, names: tuple[str, ...]) -> Select[*tuple[Any, ...]]:
    here = entries.c.position.between(bindparam("first"), bindparam("last"))
    columns = [entries.c[name] for name in names]
    return select_joined(
        dialect, columns, entries.c.document_id == bindparam("document"), here, marks_missing=True
    )
