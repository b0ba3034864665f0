"""Find out whether the sitemaps of a job list the home page."""

from sqlalchemy import bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.services.checking.fact import FactSource, fact
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.models import entries
from sitemap_cli.urls import canonical_url, textual_host

TOP = 500
"""Entries of each sitemap that are read first."""

_LOC = entries.c.loc
_LISTED = (
    select(_LOC)
    .distinct()
    .where(entries.c.document_id.in_(bind_ids("documents")))
    .where(entries.c.position.between(bindparam("first"), bindparam("last")))
)
# It runs for each site of a batch. Building it once halves its cost.
_AT_ROOT = _LISTED.where(or_(_LOC.not_like("%://%/_%"), _LOC.like("%://%/#%"), _LOC.like("%://%/.%")))


@fact("lists_home_page")
async def gather_home_page(session: AsyncSession, source: FactSource) -> bool:
    """Return whether an entry is the home page of the site: http or https, with or without ``www``.

    The database selects the URLs with its path, in whichever spelling of the host.
    """
    site = source.site
    host = textual_host(site.url)
    folder = site.home.removesuffix("/")
    by_document = site.sitemaps_by_document.items()
    documents = sorted(document for document, each in by_document if _can_list_home(each, folder))
    if not documents:
        return False
    homes = {
        canonical_url(f"{scheme}://{www}{host}{folder}{slash}")
        for scheme in ("https", "http")
        for www in ("", "www.")
        for slash in ("/", "")
    }
    query = _AT_ROOT
    if folder:
        query = _LISTED.where(or_(_LOC.like(f"%://%{folder}"), _LOC.like(f"%://%{folder}/")))
    # Most sites list it at the top of a sitemap, which makes it unnecessary to read all entries.
    most = max(site.sitemaps_by_document[each].urls for each in documents)
    for first, last in ((1, TOP), (TOP + 1, most)) if most > TOP else ((1, TOP),):
        which = {"documents": documents, "first": first, "last": last}
        locs = await session.scalars(query, which)
        if any(canonical_url(loc) in homes for loc in locs):
            return True
    return False


def _can_list_home(sitemap: SitemapFact, folder: str) -> bool:
    """Return whether a URL of a sitemap can be a home page, as far as what all its URLs begin with shows.

    The answer spares the database a search of all entries of a site whose sitemaps are about sections.
    """
    path = _find_path(sitemap.common_prefix)
    # A path with a dot can be another spelling of a shorter one.
    return f"{folder}/".startswith(path) or "." in path or "#" in path


def _find_path(url: str) -> str:
    """Return the path of a URL, or of the beginning of one, with all that follows."""
    _, slash, path = url.partition("://")[2].partition("/")
    return f"{slash}{path}"
