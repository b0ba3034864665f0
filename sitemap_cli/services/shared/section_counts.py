"""Add up the sections of the documents of a job."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.site_sections import SectionCounter
from sitemap_cli.storage import models

_DOCUMENT, _ROW = (models.table_of(each).c for each in (models.Document, models.Sitemap))
_BY_JOB = (
    select(_ROW.job_id, _DOCUMENT.id, _DOCUMENT.sections)
    .join(models.table_of(models.Document), _DOCUMENT.id == _ROW.document_id)
    .where(_ROW.job_id.in_(bindparam("jobs", expanding=True)), _DOCUMENT.urls > 0)
    .order_by(_ROW.job_id, _DOCUMENT.id)
)
_SECTIONS = select(_DOCUMENT.sections, _DOCUMENT.id).where(
    _DOCUMENT.urls > 0, _DOCUMENT.id.in_(select(_ROW.document_id).where(_ROW.job_id == bindparam("job")))
)
_AT_ONCE = 1_000


async def count_sections(session: AsyncSession, job_id: str) -> dict[str, int] | None:
    """Return the numbers of entries of a job by section; None if they are not known for every document.

    Two sitemaps with the same content count once.
    """
    return (await count_sections_by_job(session, [job_id]))[job_id]


async def count_sections_by_job(
    session: AsyncSession, job_ids: Collection[str]
) -> Mapping[str, dict[str, int] | None]:
    """Return the same for each of some hundred jobs."""
    counters, unknown = {job: SectionCounter() for job in job_ids}, set[str]()
    counted = set[tuple[str, int]]()
    # A cursor of Postgres must be read to its end.
    async for rows in (await session.stream(_BY_JOB, {"jobs": sorted(job_ids)})).partitions(_AT_ONCE):
        for job, document, sections in rows:
            if (job, document) in counted:
                continue
            counted.add((job, document))
            if sections is None:
                unknown.add(job)
            counters[job].add_counts(sections or {})
    return {job: None if job in unknown else each.build_counts() for job, each in counters.items()}


async def list_section_documents(
    session: AsyncSession, job_id: str, sections: Collection[str]
) -> Mapping[str, set[int]]:
    """Return the ids of the documents of a job that count URLs of some sections, by section."""
    found = defaultdict[str, set[int]](set)
    async for rows in (await session.stream(_SECTIONS, {"job": job_id})).partitions(_AT_ONCE):
        for counts, document in rows:
            for section in sections:
                if section in (counts or ()):
                    found[section].add(document)
    return found
