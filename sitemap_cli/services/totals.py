"""Sums over what a job recorded: how many URLs, how many of them new, how fresh."""

import datetime as dt
from dataclasses import dataclass, field, replace

from sqlalchemy import except_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.storage.models import Document, Job, Sitemap, entries

DAY = 86_400
# Ages of a lastmod, in days, that are just no longer counted under the name.
AGES = {"1d": 1, "7d": 7, "30d": 30, "90d": 90, "365d": 365}


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures of one job; new and removed are URLs against the complete job before it.

    ``lastmod`` counts entries by the age of their lastmod.
    """

    sitemaps: int = 0
    urls: int = 0
    unique_urls: int = 0
    new_urls: int = 0
    removed_urls: int = 0
    bytes: int = 0
    lastmod: dict[str, int] = field(default_factory=dict)


async def of(
    session: AsyncSession, job_id: str, previous: str | None, now: dt.datetime, *, whole: bool = True
) -> Totals:
    """Sum up a job; ``previous`` is the complete job before it, against which URLs are new or removed.

    A job that did not read the ``whole`` of its site cannot say what was removed from it, nor can one
    over another part of it.
    """
    sums = await so_far(session, job_id)
    documents = await _documents(session, job_id)
    before = await _documents(session, previous) if previous else set()
    removed = 0
    if previous and documents == before:
        unique, new = await _unique_of(session, previous), 0
    else:
        unique = await _unique(session, documents)
        new = await _new(session, documents, before) if previous else unique
        if previous and whole and await _same_target(session, job_id, previous):
            removed = await _unique_of(session, previous) - (unique - new)
    freshness = await _freshness(session, documents, now)
    return replace(sums, unique_urls=unique, new_urls=new, removed_urls=removed, lastmod=freshness)


async def so_far(session: AsyncSession, job_id: str) -> Totals:
    """What can be summed up at any moment, without looking at a single URL."""
    query = select(func.count(), func.sum(Sitemap.urls), func.sum(Sitemap.bytes))
    recorded = query.where(Sitemap.job_id == job_id, Sitemap.document_id.is_not(None))
    sitemaps, urls, size = (await session.execute(recorded)).one()
    return Totals(sitemaps=sitemaps, urls=int(urls or 0), bytes=int(size or 0))


async def _documents(session: AsyncSession, job_id: str) -> set[int]:
    query = select(Sitemap.document_id).where(Sitemap.job_id == job_id, Sitemap.document_id.is_not(None))
    return {each for each in await session.scalars(query) if each is not None}


async def _unique_of(session: AsyncSession, job_id: str) -> int:
    return (await session.scalars(select(Job.unique_urls).where(Job.id == job_id))).one()


async def _same_target(session: AsyncSession, *job_ids: str) -> bool:
    query = select(func.count(Job.target.distinct())).where(Job.id.in_(job_ids))
    return await session.scalar(query) == 1


async def _unique(session: AsyncSession, documents: set[int]) -> int:
    # GROUP BY sorts, which spills to disk in order; COUNT(DISTINCT) would fill a tree at random.
    each = select(entries.c.loc).where(entries.c.document_id.in_(documents)).group_by(entries.c.loc)
    return await session.scalar(select(func.count()).select_from(each.subquery())) or 0


async def _new(session: AsyncSession, documents: set[int], before: set[int]) -> int:
    """URLs that are listed now and were not before; documents that both share cannot hold one."""
    now = select(entries.c.loc).where(entries.c.document_id.in_(documents - before))
    then = select(entries.c.loc).where(entries.c.document_id.in_(before))
    return await session.scalar(select(func.count()).select_from(except_(now, then).subquery())) or 0


async def _freshness(session: AsyncSession, documents: set[int], now: dt.datetime) -> dict[str, int]:
    """Count the URLs of documents by the age of their lastmod, in days."""
    counted = dict.fromkeys(("future", *AGES, "older", "missing", "invalid"), 0)
    today = int(now.timestamp()) // DAY
    for days in await session.scalars(select(Document.days).where(Document.id.in_(documents))):
        for day, count in (days or {}).items():
            counted[_age(day, today)] += count
    return counted


def _age(day: str, today: int) -> str:
    """The name of an age; a day ahead may be a matter of time zones, and counts as today."""
    if not day.lstrip("-").isdigit():
        return day
    age = today - int(day)
    if age < -1:
        return "future"
    return next((name for name, days in AGES.items() if age < days), "older")
