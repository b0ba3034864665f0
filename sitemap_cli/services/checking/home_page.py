"""Find out whether the sitemaps of a job list the home page."""

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.services.checking.fact import FactSource, fact
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.models import entries
from sitemap_cli.urls import canonical_url, textual_host

TOP = 500
"""Entries of each sitemap that are read first."""

_LOC, _POSITION = entries.c.loc, entries.c.position


@fact("lists_home_page")
async def gather_home_page(session: AsyncSession, source: FactSource) -> bool:
    """Return whether an entry is the home page of the site: http or https, with or without ``www``.

    The database selects the URLs with its path, in whichever spelling of the host.
    """
    site = source.site
    documents = sorted(site.sitemaps_by_document)
    if not documents:
        return False
    host = textual_host(site.url)
    folder = site.home.removesuffix("/")
    homes = {
        canonical_url(f"{scheme}://{www}{host}{folder}{slash}")
        for scheme in ("https", "http")
        for www in ("", "www.")
        for slash in ("/", "")
    }
    is_candidate = or_(_LOC.not_like("%://%/_%"), _LOC.like("%://%/#%"), _LOC.like("%://%/.%"))
    if folder:
        is_candidate = or_(_LOC.like(f"%://%{folder}"), _LOC.like(f"%://%{folder}/"))
    query = select(_LOC).distinct().where(entries.c.document_id.in_(bind_ids("documents")), is_candidate)
    # Most sites list it at the top of a sitemap, which makes it unnecessary to read all entries.
    for part in (_POSITION <= TOP, _POSITION > TOP):
        locs = await session.scalars(query.where(part), {"documents": documents})
        if any(canonical_url(loc) in homes for loc in locs):
            return True
    return False
