"""Totals over what a job recorded: the number of URLs, how many are new, how recent their lastmods are."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.change_counts import ChangeCounts
from sitemap_cli.services.recording import url_counts
from sitemap_cli.services.recording.job_history import ComparedJobs
from sitemap_cli.services.recording.job_sitemaps import JobSitemap
from sitemap_cli.services.shared import url_keys
from sitemap_cli.storage import models
from sitemap_cli.storage.statements import Row
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
    ``changes`` are the numbers that are recorded of what changed.
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
    changes: ChangeCounts | None = None


_DOCUMENT, _ROW = (models.table_of(each).c for each in (models.Document, models.Sitemap))


# These statements run at the end of every job, and a batch has thousands of jobs. Building them once halves
# their cost.
_PARTIAL = (
    select(func.count(), func.sum(_ROW.urls), func.sum(_ROW.bytes))
    .add_columns(func.max(_DOCUMENT.scope), func.sum(_DOCUMENT.all_urls))
    .join(models.table_of(models.Document), _DOCUMENT.id == _ROW.document_id)
    .where(_ROW.job_id == bindparam("job"))
)


async def compute_totals(
    session: AsyncSession,
    sitemaps: Iterable[JobSitemap],
    now: dt.datetime,
    compared: ComparedJobs,
    *,
    changes: url_counts.Changes | None = None,
    is_complete: bool = True,
) -> Totals:
    """Compute the totals of a job.

    New URLs are those that no previous job of the same history listed when it last read the same sitemap.
    Sitemaps that none of them could read are left out of the comparison, unless one of them was complete.
    Removed URLs are only counted if this job read the whole site.

    Args:
        session: the caller's.
        sitemaps: what the job recorded.
        now: the time that the ages of lastmods are relative to.
        compared: the previous jobs.
        changes: the numbers of URLs that it does not have in common with the previous complete job, if they
            are known.
        is_complete: whether the job read the whole site.
    """
    rows = [each for each in sitemaps if each.document_id is not None]
    listed = {
        row.document_id: url_counts.DocumentUrls(
            row.document_id, row.urls, row.unique_urls, row.first_loc, row.last_loc
        )
        for row in rows
    }
    totals = Totals(
        sitemaps=len(rows),
        urls=sum(row.urls for row in rows),
        bytes=sum(row.bytes for row in rows),
        lastmod=_count_by_age({row.document_id: row.days for row in rows}.values(), now),
        **_sum_up_scope(rows),
    )
    is_respelled = any(url_keys.is_respelled(row.codes) for row in rows)
    if not compared.jobs:
        unique_urls = await url_counts.count_urls(session, listed.values(), is_respelled=is_respelled)
        return replace(totals, unique_urls=unique_urls)
    then = _find_known_documents(compared.sitemaps)
    totals = replace(totals, compared_with=compared.jobs[0].id)
    all_then = {row.document_id for row in compared.sitemaps if row.document_id is not None}
    is_known = compared.complete is compared.jobs[0] and all_then == set(then.values())
    if changes is None or not is_known:
        if compared.complete:
            changes = await url_counts.count_changes(session, listed, then.values())
        else:
            changes = await _count_partial_changes(session, rows, then, is_complete=is_complete)
    if is_known and changes.are_texts:
        unique_urls = compared.jobs[0].unique_urls + changes.new - changes.removed
    else:
        unique_urls = await url_counts.count_urls(session, listed.values(), is_respelled=is_respelled)
    removed_urls = changes.removed if is_complete else 0
    return replace(totals, unique_urls=unique_urls, new_urls=changes.new, removed_urls=removed_urls)


async def _count_partial_changes(
    session: AsyncSession, rows: Iterable[JobSitemap], then: Mapping[str, int], *, is_complete: bool
) -> url_counts.Changes:
    """Compare with jobs that read parts of the site: only sitemaps that one of them read have new URLs."""
    urls_by_document = _group_urls_by_document(rows)
    known = {each for each, urls in urls_by_document.items() if not then.keys().isdisjoint(urls)}
    new = await url_counts.count_difference(session, known, then.values())
    if not is_complete:
        return url_counts.Changes(new, 0)
    return url_counts.Changes(
        new, await url_counts.count_difference(session, then.values(), urls_by_document)
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


def _find_known_documents(rows: Iterable[Row]) -> dict[str, int]:
    """Return the document that the newest of some jobs read completely from each sitemap.

    It is found by the canonical URL of the sitemap. A sitemap that was missing then has none.
    """
    found = dict[str, int]()
    for row in rows:
        if row.document_id is not None and row.error is None:
            found[canonical_url(row.url)] = row.document_id
        elif row.document_id is None and row.status_code in MISSING:
            found.pop(canonical_url(row.url), None)
    return found


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
