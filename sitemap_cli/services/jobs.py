"""Jobs: one run over one domain, from its beginning to how it ended."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, Select, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import NotFoundError
from sitemap_cli.model import Status, Verdict
from sitemap_cli.services import domains
from sitemap_cli.services.totals import Totals
from sitemap_cli.storage.models import Domain, Job

JobRow = Row[Job, str]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job ended. ``sources`` lists what was asked besides the sitemaps, and what it answered."""

    status: Status
    verdict: Verdict | None = None
    error: str | None = None
    duration_ms: int = 0
    sources: Sequence[dict[str, object]] = ()


async def start(
    session: AsyncSession,
    job_id: str,
    *,
    tenant: str,
    domain_id: int,
    target: str,
    batch_id: str | None = None,
) -> None:
    """Record a job that begins now.

    The caller chose the id, so that it can close the job even if it is stopped while this is committed.
    """
    now = dt.datetime.now(dt.UTC)
    job = Job(
        id=job_id,
        tenant=tenant,
        domain_id=domain_id,
        batch_id=batch_id,
        target=target,
        status=Status.RUNNING,
        created_at=now,
        started_at=now,
    )
    session.add(job)
    await session.flush()


async def finish(session: AsyncSession, job_id: str, ending: Ending, sums: Totals) -> None:
    """Record how a job ended, unless that was recorded before."""
    values = {
        "status": ending.status,
        "verdict": ending.verdict,
        "error": ending.error,
        "duration_ms": ending.duration_ms,
        "finished_at": dt.datetime.now(dt.UTC),
        "sources": list(ending.sources),
        **dataclasses.asdict(sums),
    }
    unfinished = Job.status.in_((Status.PENDING, Status.RUNNING))
    await session.execute(update(Job).where(Job.id == job_id, unfinished).values(values))


async def find(session: AsyncSession, tenant: str, prefix: str) -> JobRow:
    """The one job whose id begins with ``prefix``.

    Raises:
        NotFoundError: none does, or several do.
    """
    like = prefix.strip().lower().replace("%", "").replace("_", "")
    rows = (await session.execute(_with_domain(tenant).where(Job.id.startswith(like)).limit(2))).all()
    if not like or not rows:
        raise NotFoundError("unknown job", where=prefix, hint="sitemap jobs list shows them")
    if len(rows) > 1:
        raise NotFoundError(
            "ambiguous job", where=prefix, why="several ids begin so", hint="give more of the id"
        )
    return rows[0]


async def latest_complete(session: AsyncSession, tenant: str, domain_id: int) -> str | None:
    """The id of the newest job that read the whole of a domain; None when there is none."""
    return await session.scalar(
        select(Job.id)
        .where(Job.tenant == tenant, Job.domain_id == domain_id, Job.status == Status.COMPLETED)
        .order_by(Job.id.desc())
        .limit(1)
    )


async def last_complete(session: AsyncSession, tenant: str, domain: str) -> str:
    """The id of the newest job that read the whole of a domain named by the user.

    Raises:
        NotFoundError: the domain is unknown, or was never read as a whole.
    """
    found = await latest_complete(session, tenant, await domains.find(session, tenant, domain))
    if found is None:
        raise NotFoundError(
            "no complete job",
            where=domain,
            why="every run so far failed or was read in part",
            hint=f"sitemap jobs list --domain {domain} shows them; --job ID takes one all the same",
        )
    return found


async def listing(
    session: AsyncSession,
    tenant: str,
    *,
    domain: str | None = None,
    status: str | None = None,
    verdict: str | None = None,
    limit: int | None = None,
) -> Sequence[JobRow]:
    """Jobs and the names of their domains, newest first."""
    query = _with_domain(tenant).order_by(Job.id.desc()).limit(limit)
    for column, value in ((Domain.name, domain), (Job.status, status), (Job.verdict, verdict)):
        if value is not None:
            query = query.where(column == value)
    return (await session.execute(query)).all()


def _with_domain(tenant: str) -> Select[Job, str]:
    return select(Job, Domain.name).join(Domain, Domain.id == Job.domain_id).where(Job.tenant == tenant)
