"""The documents of a job that list URLs: their sizes, extensions and first URLs, without their entries."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.storage import models
from sitemap_cli.storage.models import Document, Sitemap

_DOCUMENT, _ROW = (models.table_of(each).c for each in (Document, Sitemap))
_DOCUMENTS = (
    select(_DOCUMENT.id, _DOCUMENT.urls, _DOCUMENT.extensions, _DOCUMENT.first_loc, _DOCUMENT.last_loc)
    .where(
        _DOCUMENT.urls > 0, _DOCUMENT.id.in_(select(_ROW.document_id).where(_ROW.job_id == bindparam("job")))
    )
    .order_by(_DOCUMENT.id)
)


class ListingDocument(NamedTuple):
    """A document with entries.

    ``extensions`` has the number of entries with each extension; None if that is not known. ``first_loc`` and
    ``last_loc`` are the first and last URL in alphabetical order.
    """

    id: int
    urls: int
    extensions: Mapping[str, Any] | None
    first_loc: str | None
    last_loc: str | None


async def list_listing_documents(session: AsyncSession, job_id: str) -> Sequence[ListingDocument]:
    """Return the documents of a job that have entries; two sitemaps with the same content have one."""
    return [ListingDocument._make(row) for row in await session.execute(_DOCUMENTS, {"job": job_id})]
