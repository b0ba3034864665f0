"""Load the entries of a document by columns: the database joins each column into one text, in C."""

from collections.abc import AsyncIterator, Iterable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, bindparam
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.entry_batch import SEPARATOR, Batch, Columns
from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.model.text_columns import TextColumn
from sitemap_cli.model.values import Kind
from sitemap_cli.parse.values.rfc822_dates import parse_rfc822
from sitemap_cli.services.shared.joined_columns import find_dialect, select_joined
from sitemap_cli.services.shared.size_groups import split_by_size
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.models import entries
from sitemap_cli.w3c_time import format_w3c

# The size of a batch, measured in bytes of the document; with derived values it takes ten times that memory.
BATCH_BYTES = 4 * 1024 * 1024
MOST_TOGETHER = 500
"""Small documents that one statement loads."""

LoadedBatches = list[tuple[SitemapFact, Columns]]
"""Entries that came from the database together."""

_ENTRY = entries.c
_PLAIN = (_ENTRY.loc, _ENTRY.lastmod, _ENTRY.changefreq, _ENTRY.priority)


@cache
def _select_batch(dialect: str, *, with_extensions: bool) -> Select[*tuple[Any, ...]]:
    """Return a SELECT of the row count and the joined columns between two positions of a document."""
    columns = (*_PLAIN, _ENTRY.extensions) if with_extensions else _PLAIN
    here = _ENTRY.position.between(bindparam("first"), bindparam("last"))
    return select_joined(dialect, columns, _ENTRY.document_id == bindparam("document"), here)


@cache
def _select_documents(dialect: str, *, with_extensions: bool) -> Select[*tuple[Any, ...]]:
    """Return a SELECT of the ids of documents with their row counts and joined columns."""
    columns = (*_PLAIN, _ENTRY.extensions) if with_extensions else _PLAIN
    listed = _ENTRY.document_id.in_(bind_ids("documents"))
    return select_joined(dialect, columns, listed, key=[_ENTRY.document_id])


async def load_batches(
    session: AsyncSession, sitemaps: Iterable[SitemapFact]
) -> AsyncIterator[LoadedBatches]:
    """Yield the entries of sitemaps with different documents, in order.

    Some small documents come together, a large one in parts.
    """
    listing = (each for each in sitemaps if each.document is not None and each.urls)
    # A site can have thousands of sitemaps, each with a few entries.
    for group in split_by_size(listing, attrgetter("bytes"), BATCH_BYTES, MOST_TOGETHER):
        if len(group) > 1:
            found = await _load_documents(session, group)
            yield [(each, found[each.document]) for each in group if each.document in found]
            continue
        (sitemap,) = group
        rows = max(1, BATCH_BYTES * sitemap.urls // max(sitemap.bytes, 1))
        for first in range(1, sitemap.urls + 1, rows):
            batch = await _load_batch(session, sitemap, first, first + rows - 1)
            if batch is not None:
                yield [(sitemap, batch)]


async def load_lines(session: AsyncSession, batch: Batch) -> list[int | None]:
    """Return the lines of the entries of a batch."""
    last = batch.first_position + batch.size - 1
    here = (
        _ENTRY.document_id == batch.sitemap.document,
        _ENTRY.position.between(batch.first_position, last),
    )
    query = select_joined(await find_dialect(session), [_ENTRY.line], *here, marks_missing=True)
    size, text = (await session.execute(query)).one()
    return TextColumn(text or "", size).split_numbers()


def _convert_rss_date(text: str) -> str:
    """Convert the date of an RSS feed to the W3C format; return other texts unchanged."""
    seconds = parse_rfc822(text)
    return text if seconds is None else format_w3c(seconds) or text


async def _load_documents(session: AsyncSession, group: Sequence[SitemapFact]) -> dict[int | None, Columns]:
    """Return the entries of documents, by document id."""
    has_extensions = any(each.extensions != {} for each in group)
    query = _select_documents(await find_dialect(session), with_extensions=has_extensions)
    sitemaps = {each.document: each for each in group}
    rows = await session.execute(query, {"documents": list(sitemaps)})
    return {document: _build_columns(sitemaps[document], 1, *row) for document, *row in rows}


async def _load_batch(session: AsyncSession, sitemap: SitemapFact, first: int, last: int) -> Columns | None:
    query = _select_batch(await find_dialect(session), with_extensions=sitemap.extensions != {})
    which = {"document": sitemap.document, "first": first, "last": last}
    size, *texts = (await session.execute(query, which)).one()
    return _build_columns(sitemap, first, size, *texts) if size else None


def _build_columns(sitemap: SitemapFact, first: int, size: int, *texts: str) -> Columns:
    locs, lastmods, *others = texts
    if sitemap.kind == Kind.RSS:
        lastmods = SEPARATOR.join(map(_convert_rss_date, lastmods.split(SEPARATOR)))
    return Columns(first, size, *(f"{SEPARATOR}{text}{SEPARATOR}" for text in (locs, lastmods, *others)))
