"""Totals over what a job recorded: the number of URLs, how many are new, how recent their lastmods are."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import bindparam, except_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.services.shared.document_urls import select_locs
from sitemap_cli.storage import models
from sitemap_cli.storage.models import entries

DAY = 86_400
# Names of ages of a lastmod, with their exclusive upper bounds in days.
AGES = {"1d": 1, "7d": 7, "30d": 30, "90d": 90, "365d": 365}


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of one job; new and removed URLs are relative to the previous complete job.

    ``lastmod`` counts entries by the age of their lastmod.
    """

    sitemaps: int = 0
    urls: int = 0
    unique_urls: int = 0
    new_urls: int = 0
    removed_urls: int = 0
    bytes: int = 0
    lastmod: dict[str, int] = field(default_factory=dict)


_JOB, _DOCUMENT, _ROW = (models.table_of(each).c for each in (models.Job, models.Document, models.Sitemap))


# These statements run at the end of every job, and a batch has thousands of jobs. Building them once halves
# their cost.
_PARTIAL = select(func.count(), func.sum(_ROW.urls), func.sum(_ROW.bytes)).where(
    _ROW.job_id == bindparam("job"), _ROW.document_id.is_not(None)
)
_SITEMAPS = (
    select(_ROW.urls, _ROW.bytes, _ROW.document_id, _DOCUMENT.days)
    .join(models.table_of(models.Document), _DOCUMENT.id == _ROW.document_id)
    .where(_ROW.job_id == bindparam("job"))
)
_DOCUMENTS = select(_ROW.document_id).where(_ROW.job_id == bindparam("job"), _ROW.document_id.is_not(None))
_JOBS = select(_JOB.id, _JOB.target, _JOB.unique_urls).where(
    _JOB.id.in_((bindparam("job"), bindparam("previous")))
)
# GROUP BY sorts, and the sort spills to disk sequentially; COUNT(DISTINCT) would fill a tree at random.
_UNIQUE = select(func.count()).select_from(select_locs("documents").group_by(entries.c.loc).subquery())
_NEW = select(func.count()).select_from(except_(select_locs("now"), select_locs("then")).subquery())


async def compute_totals(
    session: AsyncSession, job_id: str, previous: str | None, now: dt.datetime, *, is_complete: bool = True
) -> Totals:
    """Compute the totals of a job.

    Removed URLs are only counted if the job read the whole site and the previous job had the same target.

    Args:
        session: the caller's.
        job_id: the job.
        previous: the id of the previous complete job, which decides what is new or removed.
        now: the time that the ages of lastmods are relative to.
        is_complete: whether the job read the whole site.
    """
    rows = (await session.execute(_SITEMAPS, {"job": job_id})).all()
    days = {document_id: days for _, _, document_id, days in rows}
    totals = Totals(
        sitemaps=len(rows),
        urls=sum(urls for urls, *_ in rows),
        bytes=sum(size for _, size, *_ in rows),
        lastmod=_count_by_age(days.values(), now),
    )
    if previous is None:
        unique = await _count_unique_urls(session, days)
        return replace(totals, unique_urls=unique, new_urls=unique)
    both = {"job": job_id, "previous": previous}
    jobs = {job: (target, unique) for job, target, unique in await session.execute(_JOBS, both)}
    then = set((await session.execute(_DOCUMENTS, {"job": previous})).scalars())
    target, unique_then = jobs[previous]
    if days.keys() == then:
        return replace(totals, unique_urls=unique_then)
    unique = await _count_unique_urls(session, days)
    # A document of both jobs has no new URLs.
    only = {"now": list(days.keys() - then), "then": list(then)}
    new = (await session.execute(_NEW, only)).scalar_one()
    comparable = is_complete and target == jobs[job_id][0]
    removed = unique_then - (unique - new) if comparable else 0
    return replace(totals, unique_urls=unique, new_urls=new, removed_urls=removed)


async def _count_unique_urls(session: AsyncSession, documents: Collection[int]) -> int:
    return (await session.execute(_UNIQUE, {"documents": list(documents)})).scalar_one()


async def compute_partial_totals(session: AsyncSession, job_id: str) -> Totals:
    """Compute the totals that need no look at single URLs, for a job that did not finish."""
    sitemaps, urls, size = (await session.execute(_PARTIAL, {"job": job_id})).one()
    return Totals(sitemaps=sitemaps, urls=int(urls or 0), bytes=int(size or 0))


def _count_by_age(days: Iterable[Mapping[str, int] | None], now: dt.datetime) -> dict[str, int]:
    """Count URLs by the age of their lastmod, from the counts by day of each document."""
    counted = dict.fromkeys(("future", *AGES, "older", "missing", "invalid"), 0)
    today = int(now.timestamp()) // DAY
    for of_document in days:
        for day, count in (of_document or {}).items():
            counted[_name_age(day, today)] += count
    return counted


def _name_age(day: str, today: int) -> str:
    """Return the name of an age; one day ahead may be a matter of time zones and counts as today."""
    if not day.lstrip("-").isdigit():
        return day
    age = today - int(day)
    if age < -1:
        return "future"
    return next((name for name, days in AGES.items() if age < days), "older")
