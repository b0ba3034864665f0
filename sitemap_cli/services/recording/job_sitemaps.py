"""Load what a job recorded of its sitemaps, with the facts of their documents."""

from collections.abc import Sequence

from sqlalchemy import bindparam, null, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.storage import models
from sitemap_cli.storage.statements import Row, Statement

JobSitemap = Row
"""A sitemap with its fetch and its document; the columns of the document are None if none was read."""

FACTS = (
    *("url", "final_url", "parent", "discovered_by", "kind", "status_code", "error", "error_message"),
    *("bytes", "wire_bytes", "urls", "children", "encoding", "etag", "last_modified", "content_type"),
    *("content_encoding", "ms"),
)
"""The columns of a sitemap that rules see."""

_ROW, _DOCUMENT = models.table_of(models.Sitemap).c, models.table_of(models.Document).c

_EVERY = (
    select(_ROW.id, _ROW.job_id, _ROW.problems, _ROW.document_id, _ROW.hops, _ROW.fetched_at)
    .add_columns(_DOCUMENT.days, _DOCUMENT.codes, _DOCUMENT.extensions, _DOCUMENT.disorder, _DOCUMENT.strict)
    .add_columns(_DOCUMENT.scope, _DOCUMENT.all_urls)
    .add_columns(_DOCUMENT.unique_urls, _DOCUMENT.first_loc, _DOCUMENT.last_loc)
    .add_columns(_DOCUMENT.sections.is_(null()).label("lacks_sections"))
    .add_columns(*(_ROW[name] for name in FACTS))
    .outerjoin(models.table_of(models.Document), _DOCUMENT.id == _ROW.document_id)
    # The order of arrival differs from job to job.
    .order_by(_ROW.url, _ROW.id)
)
# This statement runs at the end of every job, and a batch has thousands of jobs. Building it once halves its
# cost.
_SITEMAPS = Statement(_EVERY.where(_ROW.job_id == bindparam("job")))
_OF_JOBS = _EVERY.where(_ROW.job_id.in_(bindparam("jobs", expanding=True)))


async def load_job_sitemaps(session: AsyncSession, job_id: str) -> Sequence[JobSitemap]:
    """Return the sitemaps of a job, ordered by URL."""
    return await _SITEMAPS.load_rows(session, {"job": job_id})


async def load_sitemaps_of_jobs(session: AsyncSession, job_ids: Sequence[str]) -> Sequence[JobSitemap]:
    """Return the sitemaps of some hundred jobs, ordered by URL."""
    return (await session.execute(_OF_JOBS, {"jobs": job_ids})).all()


async def count_entries_by_document(session: AsyncSession, job_id: str) -> dict[int, int]:
    """Return the number of entries of each document of a job, by document id, without empty documents."""
    query = select(_ROW.document_id, _ROW.urls).where(_ROW.job_id == job_id, _ROW.urls > 0).order_by(_ROW.id)
    return {document: urls for document, urls in await session.execute(query) if document is not None}
