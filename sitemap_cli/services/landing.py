"""Whether the sitemaps of a job list the home page."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.storage.base import ids
from sitemap_cli.storage.models import Job, entries

WWW = "www."


async def gather(session: AsyncSession, _: Job, site: SiteFact, __: object) -> bool:
    """Whether any entry is the root of the site, by http or https, with or without ``www``."""
    documents = sorted({each.document for each in site.sitemaps if each.document is not None})
    if not documents:
        return False
    host = site.url.partition("://")[2].rstrip("/").removeprefix(WWW)
    roots = [
        f"{scheme}://{www}{host}{slash}"
        for scheme in ("https", "http")
        for www in ("", WWW)
        for slash in ("/", "")
    ]
    query = (
        select(entries.c.position)
        .where(entries.c.document_id.in_(ids("documents")), entries.c.loc.in_(roots))
        .limit(1)
    )
    return (await session.execute(query, {"documents": documents})).first() is not None
