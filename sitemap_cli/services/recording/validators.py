"""What the database holds of a domain's sitemaps, for the next run over it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam, select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from sitemap_cli.crawl.http_cache import Held
from sitemap_cli.fetch.interface import Validators
from sitemap_cli.model.values import Child, Kind, Status
from sitemap_cli.storage import models
from sitemap_cli.storage.models import Job, children

# More than one, because a run may have been over a part of the site, or have failed in places. They are
# counted for the same target too: others of the domain, one run each a night, must not push it out.
JOBS = 3
ENDED = (Status.COMPLETED, Status.PARTIAL)

_JOB, _DOCUMENT, _ROW = (models.table(each).c for each in (models.Job, models.Document, models.Sitemap))


def select_recent_job_ids(*some: tuple[int, Sequence[Status]]) -> CompoundSelect[Any]:
    """Selects so many of the last jobs of a domain that ended so, and of those over the same target.

    The statement takes the parameters ``tenant``, ``domain`` (an id) and ``target``.
    """
    of_domain = (_JOB.tenant == bindparam("tenant"), _JOB.domain_id == bindparam("domain"))
    newest = select(_JOB.id).where(*of_domain).order_by(_JOB.id.desc())
    queries = [
        which.where(_JOB.status.in_(statuses)).limit(count).subquery()
        for count, statuses in some
        for which in (newest, newest.where(_JOB.target == bindparam("target")))
    ]
    return union(*(select(each.c.id) for each in queries))


def select_previous_jobs(job: Job, *columns: ColumnElement[Any] | InstrumentedAttribute[Any]) -> Select[Any]:
    """Selects the jobs over the same target that are older than a job, or columns of them, newest first."""
    query = select(*columns) if columns else select(Job)
    same = (Job.tenant == job.tenant, Job.domain_id == job.domain_id, Job.target == job.target)
    return query.where(*same, Job.id < job.id).order_by(Job.id.desc())


async def find_previous_complete_id(session: AsyncSession, job: Job) -> str | None:
    """The newest of these that read the whole of its target; None if none did."""
    query = select_previous_jobs(job, Job.id).where(Job.status == Status.COMPLETED).limit(1)
    found: str | None = await session.scalar(query)
    return found


# These run once for every job or index, of which a batch has thousands: built once, they cost half.
_HELD = (
    select(_ROW.url, _ROW.id, _DOCUMENT.id, _DOCUMENT.kind, _DOCUMENT.digest, _DOCUMENT.bytes, _ROW.problems)
    .add_columns(_ROW.content_type, _ROW.content_encoding, _ROW.final_url, _ROW.etag, _ROW.last_modified)
    .join(models.table(models.Document), _DOCUMENT.id == _ROW.document_id)
    .where(_ROW.job_id.in_(select_recent_job_ids((JOBS, ENDED), (1, (Status.COMPLETED,)))))
    .where(_ROW.error.is_(None), _DOCUMENT.complete)
    .order_by(_ROW.job_id, _ROW.id)
)
_LISTED = (
    select(children.c.loc, children.c.lastmod, children.c.lastmod_utc, children.c.line)
    .where(children.c.document_id == bindparam("document"))
    .order_by(children.c.position)
)


async def load_cached_documents(
    session: AsyncSession, tenant: str, domain_id: int, target: str
) -> dict[str, Held]:
    """The documents that the last runs read whole, by the address asked; the newest of each counts."""
    whose = {"tenant": tenant, "domain": domain_id, "target": target}
    return {url: _build_cached_document(*facts) for url, *facts in await session.execute(_HELD, whose)}


async def load_children(session: AsyncSession, document_id: int) -> Sequence[Child]:
    """The sitemaps that a document lists, in its order."""
    return [Child(*row) for row in await session.execute(_LISTED, {"document": document_id})]


def _build_cached_document(
    row: int,
    document: int,
    kind: str,
    digest: bytes,
    size: int,
    problems: int,
    content_type: str | None,
    content_encoding: str | None,
    *validators: str,
) -> Held:
    return Held(
        row,
        document,
        Kind(kind),
        digest,
        size,
        problems,
        Validators(*validators),
        content_type=content_type,
        content_encoding=content_encoding,
    )
