"""Find out whether the sitemaps of a job list the home page."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.services.checking.fact import FactSource, fact
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.models import entries
from sitemap_cli.urls import textual_host


@fact("lists_home_page")
async def gather_home_page(session: AsyncSession, source: FactSource) -> bool:
    """Return whether an entry is the root URL of the site: http or https, with or without ``www``."""
    site = source.site
    documents = sorted(site.sitemaps_by_document)
    if not documents:
        return False
    host = textual_host(site.url)
    roots = [
        f"{scheme}://{www}{host}{slash}"
        for scheme in ("https", "http")
        for www in ("", "www.")
        for slash in ("/", "")
    ]
    query = (
        select(entries.c.position)
        .where(entries.c.document_id.in_(bind_ids("documents")), entries.c.loc.in_(roots))
        .limit(1)
    )
    return (await session.execute(query, {"documents": documents})).first() is not None
