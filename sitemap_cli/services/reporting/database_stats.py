"""Size and contents of a database."""

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.results import DatabaseInfo
from sitemap_cli.storage.models import Document, Domain, Job, Sitemap

SIZE_QUERIES = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
}


async def load_database_info(session: AsyncSession, name: str, revision: str) -> DatabaseInfo:
    """Return the size of a database in bytes and its number of rows, over all tenants.

    Entries are counted from their documents, because counting millions of rows takes seconds.

    Args:
        session: a session of the database.
        name: how the database is called in messages.
        revision: the revision of its schema.
    """
    dialect = (await session.connection()).dialect.name
    return DatabaseInfo(
        database=name,
        revision=revision,
        bytes=await session.scalar(text(SIZE_QUERIES[dialect])) or 0,
        domains=await _count_rows(session, Domain),
        jobs=await _count_rows(session, Job),
        sitemaps=await _count_rows(session, Sitemap),
        documents=await _count_rows(session, Document),
        urls=int(await session.scalar(select(func.sum(Document.urls))) or 0),
    )


async def _count_rows(session: AsyncSession, model: type[Domain | Job | Sitemap | Document]) -> int:
    return await session.scalar(select(func.count()).select_from(model)) or 0


async def count_jobs_by_status(session: AsyncSession) -> dict[str, int]:
    """Return the number of jobs of all tenants for each status."""
    query = select(Job.status, func.count()).group_by(Job.status)
    return dict((await session.execute(query)).tuples().all())
