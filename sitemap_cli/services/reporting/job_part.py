"""A part of what a job recorded: the sitemaps with URLs below a path."""

from collections.abc import Sequence

from msgspec import structs
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.results import SitemapResult
from sitemap_cli.services.recording import job_sitemaps
from sitemap_cli.services.shared.scoped_entries import find_positions_below
from sitemap_cli.storage.models import Sitemap


async def narrow_sitemaps(
    session: AsyncSession, job_id: str, sitemaps: Sequence[SitemapResult], scope: str
) -> list[SitemapResult]:
    """Return the sitemaps that list URLs below a path, with the number of these, and the indexes above."""
    documents = await job_sitemaps.count_entries_by_document(session, job_id)
    positions = await find_positions_below(session, documents, scope)
    rows = await session.execute(select(Sitemap.url, Sitemap.document_id).where(Sitemap.job_id == job_id))
    below = {
        url: len(positions[document])
        for url, document in rows
        if document is not None and document in positions
    }
    kept, parents = set[str](), {each.url: each.parent for each in sitemaps}
    for url in below:
        above: str | None = url
        while above is not None and above not in kept:
            kept.add(above)
            above = parents.get(above)
    return [structs.replace(each, urls=below.get(each.url, 0)) for each in sitemaps if each.url in kept]
