"""What the database holds of a domain's sitemaps, for the next run over it."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.fetch.fetcher import Validators
from sitemap_cli.model import Child, Kind, Status
from sitemap_cli.services.memory import Held
from sitemap_cli.storage.models import Document, Job, Sitemap, children

# More than one, because a run may have been over a part of the site, or have failed in places.
JOBS = 3
ENDED = (Status.COMPLETED, Status.PARTIAL)


async def held(session: AsyncSession, tenant: str, domain_id: int) -> dict[str, Held]:
    """The documents that the last runs read whole, by the address asked; the newest of each counts."""
    last = await session.scalars(_jobs(tenant, domain_id, ENDED).limit(JOBS))
    complete = await session.scalars(_jobs(tenant, domain_id, (Status.COMPLETED,)).limit(1))
    row = Sitemap
    query = (
        select(row.url, row.id, Document.id, Document.kind, Document.digest, Document.bytes, row.problems)
        .add_columns(row.final_url, row.etag, row.last_modified)
        .join(Document, Document.id == row.document_id)
        .where(row.job_id.in_({*last, *complete}), row.error.is_(None), Document.complete)
        .order_by(row.job_id, row.id)
    )
    return {url: _held(*facts) for url, *facts in await session.execute(query)}


async def listed(session: AsyncSession, document_id: int) -> Sequence[Child]:
    """The sitemaps that a document lists, in its order."""
    table = children
    columns = (table.c.loc, table.c.lastmod, table.c.lastmod_utc, table.c.line)
    query = select(*columns).where(table.c.document_id == document_id).order_by(table.c.position)
    return [Child(*row) for row in await session.execute(query)]


def _jobs(tenant: str, domain_id: int, statuses: Sequence[Status]) -> Select[str]:
    """The jobs of a domain that ended so, newest first."""
    ended = (Job.tenant == tenant, Job.domain_id == domain_id, Job.status.in_(statuses))
    return select(Job.id).where(*ended).order_by(Job.id.desc())


def _held(
    row: int, document: int, kind: str, digest: bytes, size: int, problems: int, *validators: str
) -> Held:
    return Held(row, document, Kind(kind), digest, size, problems, Validators(*validators))
