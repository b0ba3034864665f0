"""Totals over what a job recorded: the number of URLs, how many are new, how recent their lastmods are."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import bindparam, except_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.values import Status
from sitemap_cli.services.recording.job_history import list_compared_jobs
from sitemap_cli.services.recording.job_sitemaps import JobSitemap
from sitemap_cli.services.shared import url_keys
from sitemap_cli.services.shared.document_urls import select_locs
from sitemap_cli.storage import models
from sitemap_cli.storage.models import entries
from sitemap_cli.urls import canonical_url

DAY = 86_400
MISSING = (404, 410)
# Names of ages of a lastmod, with their exclusive upper bounds in days.
AGES = {"1d": 1, "7d": 7, "30d": 30, "90d": 90, "365d": 365}


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of one job.

    New and removed URLs are relative to the job ``compared_with``, which a first job does not have.
    ``lastmod`` counts entries by the age of their lastmod. ``scope`` is the path below which URLs were
    recorded, ``all_urls`` the number of those that the sitemaps list; None twice for the whole site.
    """

    sitemaps: int = 0
    urls: int = 0
    unique_urls: int = 0
    compared_with: str | None = None
    new_urls: int = 0
    removed_urls: int = 0
    bytes: int = 0
    lastmod: dict[str, int] = field(default_factory=dict)
    scope: str | None = None
    all_urls: int | None = None


_DOCUMENT, _ROW = (models.table_of(each).c for each in (models.Document, models.Sitemap))


# These statements run at the end of every job, and a batch has thousands of jobs. Building them once halves
# their cost.
_PARTIAL = (
    select(func.count(), func.sum(_ROW.urls), func.sum(_ROW.bytes))
    .add_columns(func.max(_DOCUMENT.scope), func.sum(_DOCUMENT.all_urls))
    .join(models.table_of(models.Document), _DOCUMENT.id == _ROW.document_id)
    .where(_ROW.job_id == bindparam("job"))
)
_READ = (
    select(_ROW.job_id, _ROW.url, _ROW.document_id, _ROW.error, _ROW.status_code)
    .where(_ROW.job_id.in_(bindparam("jobs", expanding=True)))
    .order_by(_ROW.job_id, _ROW.id)
)
# GROUP BY sorts, and the sort spills to disk sequentially; COUNT(DISTINCT) would fill a tree at random.
_UNIQUE = select(func.count()).select_from(select_locs("documents").group_by(entries.c.loc).subquery())
_DIFFERENCE = select(func.count()).select_from(
    except_(select_locs("these"), select_locs("others")).subquery()
)


async def compute_totals(
    session: AsyncSession,
    job_id: str,
    sitemaps: Iterable[JobSitemap],
    now: dt.datetime,
    *,
    is_complete: bool = True,
) -> Totals:
    """Compute the totals of a job.

    New URLs are those that no previous job of the same history listed when it last read the same sitemap.
    Sitemaps that none of them could read are left out of the comparison, unless one of them was complete.
    Removed URLs are only counted if this job read the whole site.

    Args:
        session: the caller's.
        job_id: the job.
        sitemaps: what the job recorded.
        now: the time that the ages of lastmods are relative to.
        is_complete: whether the job read the whole site.
    """
    rows = [each for each in sitemaps if each.document_id is not None]
    urls_by_document = _group_urls_by_document(rows)
    totals = Totals(
        sitemaps=len(rows),
        urls=sum(row.urls for row in rows),
        bytes=sum(row.bytes for row in rows),
        lastmod=_count_by_age({row.document_id: row.days for row in rows}.values(), now),
        **_sum_up_scope(rows),
    )
    compared = await list_compared_jobs(session, job_id)
    is_respelled = any(url_keys.is_respelled(row.codes) for row in rows)
    if not compared:
        return replace(totals, unique_urls=await _count_urls(session, urls_by_document, is_respelled))
    then = await _load_known_documents(session, [each.id for each in compared])
    totals = replace(totals, compared_with=compared[0].id)
    has_all = compared[-1].status == Status.COMPLETED
    documents = urls_by_document.keys()
    if has_all and len(compared) == 1 and documents == set(then.values()):
        return replace(totals, unique_urls=compared[0].unique_urls)
    known = {each for each, urls in urls_by_document.items() if not then.keys().isdisjoint(urls)}
    return replace(
        totals,
        unique_urls=await _count_urls(session, documents, is_respelled),
        new_urls=await _count_difference(session, documents if has_all else known, then.values()),
        removed_urls=await _count_difference(session, then.values(), documents) if is_complete else 0,
    )


def _sum_up_scope(rows: Iterable[JobSitemap]) -> dict[str, Any]:
    """Return the totals about the part of the site that some sitemaps were read for; none for all of it."""
    narrowed = [row for row in rows if row.scope is not None]
    if not narrowed:
        return {}
    return {"scope": narrowed[0].scope, "all_urls": sum(row.all_urls or 0 for row in narrowed)}


def _group_urls_by_document(rows: Iterable[JobSitemap]) -> dict[int, set[str]]:
    """Return the canonical URLs of the sitemaps with each document, by document id."""
    found = defaultdict[int, set[str]](set)
    for row in rows:
        found[row.document_id].add(canonical_url(row.url))
    return found


async def _load_known_documents(session: AsyncSession, jobs: Sequence[str]) -> dict[str, int]:
    """Return the document that the newest of some jobs read completely from each sitemap.

    It is found by the canonical URL of the sitemap. A sitemap that was missing then has none.
    """
    found = dict[str, int]()
    for row in await session.execute(_READ, {"jobs": list(jobs)}):
        if row.document_id is not None and row.error is None:
            found[canonical_url(row.url)] = row.document_id
        elif row.document_id is None and row.status_code in MISSING:
            found.pop(canonical_url(row.url), None)
    return found


async def _count_difference(session: AsyncSession, these: Collection[int], others: Collection[int]) -> int:
    """Return the number of different URLs that some documents list and others do not."""
    # A document on both sides makes no difference.
    only = set(these) - set(others)
    if not only:
        return 0
    if await url_keys.list_respelled_documents(session, only | set(others)):
        keys = await url_keys.load_keys(session, only)
        return keys.subtract(await url_keys.load_keys(session, set(others))).count()
    parameters = {"these": sorted(only), "others": sorted(set(others))}
    return (await session.execute(_DIFFERENCE, parameters)).scalar_one()


async def _count_urls(session: AsyncSession, documents: Collection[int], is_respelled: bool) -> int:
    """Return the number of different URLs that some documents list, maybe in several spellings."""
    if is_respelled:
        return (await url_keys.load_keys(session, documents)).count()
    return (await session.execute(_UNIQUE, {"documents": list(documents)})).scalar_one()


async def compute_partial_totals(session: AsyncSession, job_id: str) -> Totals:
    """Compute the totals that need no look at single URLs, for a job that did not finish."""
    sitemaps, urls, size, scope, all_urls = (await session.execute(_PARTIAL, {"job": job_id})).one()
    return Totals(
        sitemaps=sitemaps,
        urls=int(urls or 0),
        bytes=int(size or 0),
        scope=scope,
        all_urls=None if all_urls is None else int(all_urls),
    )


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
