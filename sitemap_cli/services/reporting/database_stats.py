"""Size and contents of a database."""

import datetime as dt

from msgspec import UNSET
from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.database_results import DatabaseInfo
from sitemap_cli.model.values import Status
from sitemap_cli.services.reporting import table_sizes
from sitemap_cli.services.reporting.job_result import format_time
from sitemap_cli.storage.models import REMOVED, Batch, Document, Domain, Job, Sitemap
from sitemap_cli.storage.schema_revision import HEAD

SIZE_QUERIES = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
}
FREE = "SELECT freelist_count * page_size FROM pragma_freelist_count(), pragma_page_size()"


async def load_database_info(session: AsyncSession, name: str, revision: str) -> DatabaseInfo:
    """Return the size of a database in bytes and its number of rows, over all tenants.

    Entries are counted from their documents, because counting millions of rows takes seconds.

    Args:
        session: a session of the database.
        name: how the database is called in messages.
        revision: the revision of its schema.
    """
    dialect = (await session.connection()).dialect.name
    size = await session.scalar(text(SIZE_QUERIES[dialect])) or 0
    free = await session.scalar(text(FREE)) or 0 if dialect == "sqlite" else UNSET
    urls = int(await session.scalar(select(func.sum(Document.urls)).where(_is_kept(Document))) or 0)
    created = select(Job.created_at).where(_is_kept(Job)).limit(1)
    measured = tables = await table_sizes.measure_tables(session)
    if tables is None and revision == HEAD:
        tables = await table_sizes.estimate_tables(session)
    return DatabaseInfo(
        database=name,
        revision=revision,
        bytes=size,
        free_bytes=free,
        domains=await _count_rows(session, Domain),
        jobs=await _count_rows(session, Job),
        oldest_job=format_time(await session.scalar(created.order_by(Job.id))),
        newest_job=format_time(await session.scalar(created.order_by(Job.id.desc()))),
        sitemaps=await session.scalar(select(func.count()).select_from(Sitemap)) or 0,
        documents=await _count_rows(session, Document),
        urls=urls,
        bytes_per_url=round((size - (free or 0)) / urls, 1) if urls else None,
        tables=UNSET if tables is None else list(tables),
        are_sizes_estimated=measured is None,
    )


async def _count_rows(session: AsyncSession, model: type[Domain | Job | Document]) -> int:
    return await session.scalar(select(func.count()).select_from(model).where(_is_kept(model))) or 0


def _is_kept(model: type[Domain | Job | Document]) -> ColumnElement[bool]:
    """Return the condition for rows that are not being removed."""
    return model.tenant != REMOVED


async def count_jobs_by_status(session: AsyncSession) -> dict[str, int]:
    """Return the number of jobs of all tenants for each status."""
    query = select(Job.status, func.count()).where(Job.tenant != REMOVED).group_by(Job.status)
    return {row[0]: row[1] for row in await session.execute(query)}


async def count_domains_by_verdict(session: AsyncSession) -> dict[str, int]:
    """Return the number of domains of all tenants by the verdict of their last job that ended."""
    ended = (Job.tenant != REMOVED, Job.verdict.is_not(None), ~Job.is_local)
    last = select(func.max(Job.id)).where(*ended).group_by(Job.domain_id)
    query = select(Job.verdict, func.count()).where(Job.id.in_(last)).group_by(Job.verdict)
    return {row[0] or "": row[1] for row in await session.execute(query)}


async def find_last_success(session: AsyncSession) -> dt.datetime | None:
    """Return when the last complete job of all tenants finished."""
    return await session.scalar(select(func.max(Job.finished_at)).where(Job.status == Status.COMPLETED))


async def find_last_batch(session: AsyncSession) -> Batch | None:
    """Return the batch of all tenants that was started last among those that finished."""
    query = select(Batch).where(Batch.finished_at.is_not(None)).order_by(Batch.id.desc()).limit(1)
    return await session.scalar(query)
