"""What a database holds, and how large it is."""

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.storage.models import Document, Domain, Job, Sitemap

SIZES = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
}


async def count_rows(session: AsyncSession) -> dict[str, int]:
    """Counts of rows, and the size in bytes, over all tenants.

    Entries are counted from their documents, because counting millions of rows takes seconds.
    """
    dialect = (await session.connection()).dialect.name
    facts = {"bytes": await session.scalar(text(SIZES[dialect])) or 0}
    for name, model in (("domains", Domain), ("jobs", Job), ("sitemaps", Sitemap), ("documents", Document)):
        facts[name] = await session.scalar(select(func.count()).select_from(model)) or 0
    facts["urls"] = int(await session.scalar(select(func.sum(Document.urls))) or 0)
    return facts


async def count_jobs_by_status(session: AsyncSession) -> dict[str, int]:
    """How many jobs of all tenants have each status."""
    query = select(Job.status, func.count()).group_by(Job.status)
    return dict((await session.execute(query)).tuples().all())
