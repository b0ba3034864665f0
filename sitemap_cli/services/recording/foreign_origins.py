"""Find the origins of the URLs that sitemaps list beside those of their own host."""

import re
from collections.abc import Iterable, Iterator

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.storage import models
from sitemap_cli.storage.models import entries
from sitemap_cli.urls import textual_host, textual_origin

MAX_LOOKED_AT = 10_000
"""Foreign URLs of one document to look at: they seldom have more than a few hosts."""

SPECIAL = re.compile("[%_!]")
_DOCUMENT, _ROW = (models.table_of(each).c for each in (models.Document, models.Sitemap))
_SITEMAPS = (
    select(_ROW.final_url, _DOCUMENT.id, _DOCUMENT.first_loc, _DOCUMENT.last_loc)
    .join(models.table_of(models.Document), _DOCUMENT.id == _ROW.document_id)
    .where(_ROW.job_id == bindparam("job"), _DOCUMENT.urls > 0)
    .order_by(_ROW.id)
)
_OTHERS = (
    select(entries.c.loc)
    .where(entries.c.document_id == bindparam("document"))
    .where(entries.c.loc.not_like(bindparam("own"), escape="!"))
    .order_by(entries.c.position)
    .limit(MAX_LOOKED_AT)
)


def may_be_mixed(sitemap_url: str, first_loc: str | None, last_loc: str | None) -> bool:
    """Return whether a document can list URLs of another origin than that of its sitemap.

    It cannot if its first and its last URL in alphabetical order have that origin.
    """
    own = textual_origin(sitemap_url)
    ends = (first_loc or "", last_loc or "")
    return not all(loc.startswith(own) for loc in ends)


def select_foreign(sitemap_url: str, locs: Iterable[str]) -> Iterator[str]:
    """Yield the origins of URLs whose host is not that of their sitemap; an origin may repeat."""
    own = textual_host(sitemap_url)
    origins = (textual_origin(loc) for loc in locs)
    return (origin for origin in origins if textual_host(origin) != own)


async def list_foreign_origins(
    session: AsyncSession, job_id: str | None, documents: Iterable[tuple[str, int]] = ()
) -> list[str]:
    """Return the origins of other hosts in the sitemaps that a job has recorded, and in other documents.

    A document is given with the URL of its sitemap.
    """
    mixed = list(documents)
    recorded = (await session.execute(_SITEMAPS, {"job": job_id})).all() if job_id else ()
    mixed += [(url, document) for url, document, *ends in recorded if may_be_mixed(url, *ends)]
    found = dict[str, None]()
    for url, document in mixed:
        own = SPECIAL.sub(r"!\g<0>", textual_origin(url)) + "%"
        locs = await session.scalars(_OTHERS, {"document": document, "own": own})
        found |= dict.fromkeys(select_foreign(url, locs))
    return list(found)
