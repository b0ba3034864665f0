"""What the database holds of a domain's sitemaps, for the next run over it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.fetch.fetcher import Validators
from sitemap_cli.model import Child, Kind, Status
from sitemap_cli.services.memory import Held
from sitemap_cli.storage.models import Document, Job, Sitemap, children

# More than one, because a run may have been over a part of the site, or have failed in places. They are
# counted for the same target too: others of the domain, one run each a night, must not push it out.
JOBS = 3
ENDED = (Status.COMPLETED, Status.PARTIAL)


async def held(session: AsyncSession, tenant: str, domain_id: int, target: str) -> dict[str, Held]:
    """The documents that the last runs read whole, by the address asked; the newest of each counts."""
    last = await ended(session, tenant, domain_id, target, JOBS)
    if not last:
        return {}
    complete = await ended(session, tenant, domain_id, target, 1, (Status.COMPLETED,))
    row = Sitemap
    query = (
        select(row.url, row.id, Document.id, Document.kind, Document.digest, Document.bytes, row.problems)
        .add_columns(row.final_url, row.etag, row.last_modified)
        .join(Document, Document.id == row.document_id)
        .where(row.job_id.in_(last | complete), row.error.is_(None), Document.complete)
        .order_by(row.job_id, row.id)
    )
    return {url: _held(*facts) for url, *facts in await session.execute(query)}


async def listed(session: AsyncSession, document_id: int) -> Sequence[Child]:
    """The sitemaps that a document lists, in its order."""
    table = children
    columns = (table.c.loc, table.c.lastmod, table.c.lastmod_utc, table.c.line)
    query = select(*columns).where(table.c.document_id == document_id).order_by(table.c.position)
    return [Child(*row) for row in await session.execute(query)]


async def ended(
    session: AsyncSession,
    tenant: str,
    domain_id: int,
    target: str,
    count: int,
    statuses: Sequence[Status] = ENDED,
) -> set[str]:
    """The last jobs of a domain that ended so, and the last over the same target."""
    of_domain = (Job.tenant == tenant, Job.domain_id == domain_id, Job.status.in_(statuses))
    newest = select(Job.id).where(*of_domain).order_by(Job.id.desc()).limit(count)
    queries = (newest, newest.where(Job.target == target))
    return {job_id for query in queries for job_id in await session.scalars(query)}


def _held(
    row: int, document: int, kind: str, digest: bytes, size: int, problems: int, *validators: str
) -> Held:
    return Held(row, document, Kind(kind), digest, size, problems, Validators(*validators))
