"""Tells what a job recorded, in the shape that scripts depend on."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.services.checking import findings
from sitemap_cli.services.recording import jobs
from sitemap_cli.storage.models import Job, Sitemap


async def load_job_result(session: AsyncSession, tenant: str, job_id: str) -> dict[str, Any]:
    """The RESULT of one job, read back from the database."""
    job, domain = await jobs.find_job(session, tenant, job_id)
    return {
        "domain": domain,
        "target": job.target,
        "job_id": job.id,
        "status": job.status,
        "verdict": job.verdict,
        "error": job.error,
        "started_at": format_time(job.started_at),
        "finished_at": format_time(job.finished_at),
        "duration_ms": job.duration_ms,
        "sitemaps": [_sitemap(row) for row, _ in await list_sitemaps_with_depth(session, job.id)],
        "totals": {
            "sitemaps": job.sitemaps,
            "urls": job.urls,
            "unique_urls": job.unique_urls,
            "new_urls": job.new_urls,
            "removed_urls": job.removed_urls,
            "bytes": job.bytes,
        },
        "lastmod": job.lastmod or {},
        "findings": await findings.count_by_severity(session, job.id),
        "sources": job.sources or [],
    }


def is_changed(totals: Mapping[str, int]) -> bool:
    """Whether the totals of a job tell of other URLs than the job before it had, if there was one."""
    return totals["removed_urls"] > 0 or 0 < totals["new_urls"] < totals["unique_urls"]


async def list_sitemaps_with_depth(session: AsyncSession, job_id: str) -> list[tuple[Sitemap, int]]:
    """The sitemaps of a job and their depths, each below the index that lists it, in its order."""
    rows = (await session.scalars(select(Sitemap).where(Sitemap.job_id == job_id))).all()
    known = {row.url for row in rows}
    below: dict[str | None, list[Sitemap]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.discovered_by, row.ordinal, row.url)):
        below[row.parent if row.parent in known else None].append(row)
    return list(_descend(below, None, 0))


def _descend(
    below: dict[str | None, list[Sitemap]], parent: str | None, depth: int
) -> Iterator[tuple[Sitemap, int]]:
    # A list taken out is not visited again: two files may name each other as parents.
    for row in below.pop(parent, ()):
        yield row, depth
        yield from _descend(below, row.url, depth + 1)


def summarize_jobs(rows: Sequence[tuple[Job, str]]) -> list[dict[str, Any]]:
    """Jobs as ``jobs list`` shows them."""
    return [
        {
            "job_id": job.id,
            "batch_id": job.batch_id,
            "domain": domain,
            "status": job.status,
            "verdict": job.verdict,
            "sitemaps": job.sitemaps,
            "urls": job.urls,
            "started_at": format_time(job.started_at),
            "finished_at": format_time(job.finished_at),
            "error": job.error,
        }
        for job, domain in rows
    ]


def format_time(moment: dt.datetime | None) -> str | None:
    """A time as text, UTC, to the millisecond."""
    if moment is None:
        return None
    return moment.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _sitemap(row: Sitemap) -> dict[str, Any]:
    names = (
        "url final_url parent discovered_by kind status_code error error_message bytes wire_bytes urls "
        "children problems unchanged etag last_modified generator encoding attempts ms"
    )
    return {name: getattr(row, name) for name in names.split()}
