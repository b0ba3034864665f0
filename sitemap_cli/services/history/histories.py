"""The histories of domains: the jobs that are compared with one another."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.values import UNENDED, Status
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.history_models import History, url_times
from sitemap_cli.storage.insert_ignore import insert_all_or_ignore
from sitemap_cli.storage.models import Job

Key = tuple[int, str, bool]
"""What identifies a history: the id of the domain, the name of the history, whether it is a local build."""
FIRST_KEY, LAST_KEY = -(2**63), 2**63 - 1
"""The lowest and the highest key of a URL."""


class Vanished(NamedTuple):
    """A history with times of URLs that vanished before its first job that is left, in seconds since 1970."""

    history_id: int
    before: int


async def find_history(session: AsyncSession, job: Job) -> History | None:
    """Return the history of a job if it is recorded: until something changes, it is not."""
    same = (History.domain_id == job.domain_id, History.history == job.history)
    return (await session.scalars(select(History).where(*same, History.is_local == job.is_local))).first()


async def ensure_history(session: AsyncSession, job: Job) -> History:
    """Return the history of a job, and record it if it is not.

    It begins with the first complete job that is recorded, so it must be recorded before that job is removed.
    """
    found = await find_history(session, job)
    if found is None:
        complete = (Job.history == job.history, Job.is_local == job.is_local, Job.status == Status.COMPLETED)
        of_domain = select(Job.created_at).where(Job.tenant == job.tenant, Job.domain_id == job.domain_id)
        first = (await session.scalars(of_domain.where(*complete).order_by(Job.id).limit(1))).first()
        found = History(
            tenant=job.tenant,
            domain_id=job.domain_id,
            history=job.history,
            is_local=job.is_local,
            since=first or job.created_at,
        )
        session.add(found)
        await session.flush()
    return found


async def ensure_histories(session: AsyncSession, tenant: str, keys: Collection[Key]) -> None:
    """Record those of some histories that are not recorded, as :func:`ensure_history` does."""
    domains = {"domains": sorted({domain_id for domain_id, *_ in keys})}
    columns = History.domain_id, History.history, History.is_local
    known = select(*columns).where(History.domain_id.in_(bind_ids("domains")))
    missing = set(keys) - {tuple(row) for row in await session.execute(known, domains)}
    if not missing:
        return
    same = (Job.domain_id, Job.history, Job.is_local)
    first = (
        select(*same, func.min(Job.id).label("id"))
        .where(Job.tenant == tenant, Job.domain_id.in_(bind_ids("domains")), Job.status == Status.COMPLETED)
        .group_by(*same)
        .subquery("first")
    )
    query = select(first.c.domain_id, first.c.history, first.c.is_local, Job.created_at)
    rows = [
        {"tenant": tenant, "domain_id": domain_id, "history": name, "is_local": is_local, "since": since}
        for domain_id, name, is_local, since in await session.execute(
            query.join(Job, Job.id == first.c.id), domains
        )
        if (domain_id, name, is_local) in missing
    ]
    await insert_all_or_ignore(session, History, rows)


async def list_vanished(session: AsyncSession, tenant: str, domain_ids: Sequence[int]) -> list[Vanished]:
    """Return the histories of some domains with URLs that vanished before the first job that is left."""
    domains = {"domains": list(domain_ids)}
    same = (Job.domain_id, Job.history, Job.is_local)
    first = (
        select(*same, func.min(Job.created_at).label("at"))
        .where(Job.tenant == tenant, Job.domain_id.in_(bind_ids("domains")), Job.status.not_in(UNENDED))
        .group_by(*same)
        .subquery("first")
    )
    query = (
        select(History.id, first.c.at)
        .join(
            first,
            (History.domain_id == first.c.domain_id)
            & (History.history == first.c.history)
            & (History.is_local == first.c.is_local),
        )
        .where(History.domain_id.in_(bind_ids("domains")))
    )
    before = {history: int(at.timestamp()) for history, at in await session.execute(query, domains)}
    times = url_times.c
    oldest = (
        select(times.history_id, func.min(times.last_seen))
        .where(times.history_id.in_(bind_ids("histories")), times.last_seen.is_not(None))
        .group_by(times.history_id)
    )
    rows = await session.execute(oldest, {"histories": list(before)}) if before else ()
    return [Vanished(history, before[history]) for history, last in rows if last < before[history]]


async def list_vanished_keys(
    session: AsyncSession, vanished: Vanished, first: int, limit: int
) -> Sequence[int]:
    """Return the keys of URLs that vanished, from one on and in their order: at most this many."""
    times = url_times.c
    gone = (times.history_id == vanished.history_id, times.last_seen < vanished.before)
    query = select(times.key).where(*gone, times.key >= first).order_by(times.key).limit(limit)
    return (await session.scalars(query)).all()


async def delete_vanished(session: AsyncSession, vanished: Vanished, keys: Sequence[int]) -> None:
    """Delete the times of some URLs, unless these are listed again meanwhile."""
    times = url_times.c
    gone = (times.history_id == vanished.history_id, times.last_seen < vanished.before)
    some = delete(url_times).where(*gone, times.key.in_(bind_ids("keys")))
    await session.execute(some, {"keys": keys})
