"""Give all URLs of a temporary database one host, so that two sites are compared by path and query."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, case, func, literal, null, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.services.recording.job_sitemaps import load_job_sitemaps
from sitemap_cli.services.shared.url_keys import load_keys
from sitemap_cli.storage.models import Document, Job, entries, table_of

MAX_ORIGINS = 50
"""Origins that are replaced in extensions, such as those of images."""

# Characters of "https:/": what comes behind begins in the host, whichever scheme it is.
_BEFORE_HOST = 8


async def replace_hosts(session: AsyncSession, jobs: Collection[str], origin: str) -> None:
    """Give all URLs that documents list the same scheme and host; those of their extensions, too.

    The database must not have any other jobs: documents are changed.

    Args:
        session: the caller's.
        jobs: the ids of all jobs.
        origin: what URLs begin with afterwards, such as ``https://example.com``.
    """
    found = _select_origin()
    origins = (await session.scalars(select(found).distinct().limit(MAX_ORIGINS))).all()
    extensions: ColumnElement[str] = entries.c.extensions
    for each in origins:
        extensions = func.replace(extensions, f'"{each}/', f'"{origin}/')
    path = func.substr(entries.c.loc, func.length(found) + 1)
    await session.execute(update(entries).values(loc=literal(origin) + path, extensions=extensions))
    # Nothing that is known of the URLs holds any longer.
    unknown = {name: null() for name in ("first_loc", "last_loc", "unique_urls", "codes")}
    await session.execute(update(table_of(Document)).values(unknown))
    for job_id in jobs:
        rows = await load_job_sitemaps(session, job_id)
        documents = {each.document_id for each in rows if each.document_id is not None}
        count = (await load_keys(session, documents)).count()
        await session.execute(update(Job).where(Job.id == job_id).values(unique_urls=count))


def _select_origin() -> ColumnElement[str]:
    """Return the expression of scheme and host of a URL: what is before the first slash of its path."""
    loc = entries.c.loc
    slash = func.instr(func.substr(loc, _BEFORE_HOST + 1), "/")
    return case((slash > 0, func.substr(loc, 1, slash + _BEFORE_HOST - 1)), else_=loc)
