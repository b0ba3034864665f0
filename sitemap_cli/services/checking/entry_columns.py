"""Load the entries of a document by columns: the database joins each column into one text, in C."""

from collections.abc import AsyncIterator
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.entry_batch import SEPARATOR, Batch, Columns
from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.model.text_columns import TextColumn
from sitemap_cli.model.values import Kind
from sitemap_cli.parse.values.rfc822_dates import parse_rfc822
from sitemap_cli.services.shared.joined_columns import find_dialect, select_joined
from sitemap_cli.storage.models import entries
from sitemap_cli.w3c_time import format_w3c

# The size of a batch, measured in bytes of the document; with derived values it takes ten times that memory.
BATCH_BYTES = 4 * 1024 * 1024

_ENTRY = entries.c
_PLAIN = (_ENTRY.loc, _ENTRY.lastmod, _ENTRY.changefreq, _ENTRY.priority)


@cache
def _select_batch(dialect: str, *, with_extensions: bool) -> Select[*tuple[Any, ...]]:
    """Return a SELECT of the row count and the joined columns between two positions of a document."""
    columns = (*_PLAIN, _ENTRY.extensions) if with_extensions else _PLAIN
    here = _ENTRY.position.between(bindparam("first"), bindparam("last"))
    return select_joined(dialect, columns, _ENTRY.document_id == bindparam("document"), here)


async def load_batches(session: AsyncSession, sitemap: SitemapFact) -> AsyncIterator[Columns]:
    """Yield the entries of a sitemap, in order."""
    if sitemap.document is None or not sitemap.urls:
        return
    rows = max(1, BATCH_BYTES * sitemap.urls // max(sitemap.bytes, 1))
    for first in range(1, sitemap.urls + 1, rows):
        batch = await _load_batch(session, sitemap, first, first + rows - 1)
        if batch is not None:
            yield batch


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


async def _load_batch(session: AsyncSession, sitemap: SitemapFact, first: int, last: int) -> Columns | None:
    query = _select_batch(await find_dialect(session), with_extensions=sitemap.extensions != {})
    which = {"document": sitemap.document, "first": first, "last": last}
    size, *texts = (await session.execute(query, which)).one()
    if sitemap.kind == Kind.RSS and size:
        texts[1] = SEPARATOR.join(map(_convert_rss_date, texts[1].split(SEPARATOR)))
    return Columns(first, size, *(f"{SEPARATOR}{text}{SEPARATOR}" for text in texts)) if size else None
