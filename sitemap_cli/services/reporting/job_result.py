"""Results of jobs, read back from the database."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import msgspec
from msgspec import UNSET
from sqlalchemy import Row, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.change_counts import ChangeCounts
from sitemap_cli.model.results import (
    FindingCounts,
    JobResult,
    JobSummary,
    JobTotals,
    SitemapResult,
    SourceResult,
    StrictResult,
)
from sitemap_cli.model.section_results import SectionResult
from sitemap_cli.model.values import Status, Verdict
from sitemap_cli.output.iso_times import format_milliseconds
from sitemap_cli.services.recording import jobs, recorded_findings
from sitemap_cli.services.recording.job_history import READ_STATUSES
from sitemap_cli.services.reporting import job_sections
from sitemap_cli.services.shared.ids import read_time
from sitemap_cli.storage import models
from sitemap_cli.storage.models import Job, Sitemap

if TYPE_CHECKING:
    from sitemap_cli.services.checking.job_records import JobRecord


class _Placed(Protocol):
    """A sitemap with its place among the others of a job."""

    @property
    def url(self) -> str: ...

    @property
    def parent(self) -> str | None: ...

    @property
    def discovered_by(self) -> str: ...

    @property
    def ordinal(self) -> int: ...


PlacedT = TypeVar("PlacedT", bound=_Placed)

_ROW, _DOCUMENT = models.table_of(models.Sitemap).c, models.table_of(models.Document).c
_STRICT = (
    select(_DOCUMENT.id, _DOCUMENT.strict)
    .join(models.table_of(models.Sitemap), _ROW.document_id == _DOCUMENT.id)
    .where(_ROW.job_id == bindparam("job"), _DOCUMENT.strict.is_not(None))
)


async def load_job_result(
    session: AsyncSession, tenant: str, job_id: str, *, with_sections: bool = False
) -> JobResult:
    """Return the result of one job; ``with_sections`` takes two or three more statements.

    Raises:
        NotFoundError: there is no such job.
    """
    job, domain = await jobs.find_job(session, tenant, job_id)
    rows = await list_sitemaps_with_depth(session, job.id)
    strict = await _load_strict_readings(session, job.id)
    sections = await job_sections.load_sections(session, job) if with_sections else None
    counts = await recorded_findings.count_by_severity(session, job.id)
    return msgspec.structs.replace(
        _build_result(job, domain, counts, sections),
        sitemaps=[_build_sitemap(row, strict.get(row.document_id)) for row, _ in rows],
        sources=msgspec.convert(job.sources or [], list[SourceResult]),
    )


def build_checked_result(record: "JobRecord") -> JobResult:
    """Return the result of a job without its sitemaps and sources, which may be large."""
    sections = None
    if record.sections is not None:
        is_whole = record.job.status == Status.COMPLETED
        sections = job_sections.compare_sections(record.before if is_whole else None, record.sections)
    return _build_result(record.job, record.domain, record.counts, sections)


def _build_result(
    job: Job, domain: str, counts: FindingCounts, sections: Sequence[SectionResult] | None
) -> JobResult:
    """Return the result of a job without its sitemaps and sources."""
    return JobResult(
        domain=domain,
        target=job.target,
        job_id=job.id,
        status=Status(job.status),
        verdict=to_verdict(job.verdict),
        error=job.error,
        started_at=format_time(job.started_at),
        finished_at=format_time(job.finished_at),
        duration_ms=job.duration_ms,
        sitemaps=[],
        totals=_build_totals(job),
        lastmod=job.lastmod or {},
        findings=counts,
        sources=[],
        build=job.target if job.is_local else UNSET,
        compared_with=job.compared_with,
        scope=job.scope or UNSET,
        sections=UNSET if sections is None else list(sections),
    )


def _build_sitemap(row: Sitemap, strict: Mapping[str, Any] | None) -> SitemapResult:
    sitemap = msgspec.convert(row, SitemapResult, from_attributes=True)
    if not strict:
        return sitemap
    return msgspec.structs.replace(sitemap, strict=msgspec.convert(strict, StrictResult))


async def _load_strict_readings(session: AsyncSession, job_id: str) -> Mapping[int | None, Mapping[str, Any]]:
    """Return how much a strict parser reads of the documents of a job that it does not read completely."""
    rows = await session.execute(_STRICT, {"job": job_id})
    return {document: strict for document, strict in rows}  # noqa: C416 - a row is no tuple for mypy


def count_changes(job: Job | Row[Any]) -> tuple[int | None, int | None, int | None]:
    """Return the numbers of added, removed and changed URLs of a job, as far as they are known.

    They are relative to the previous complete job where these were compared, else to the previous job.
    """
    if job.changes is not None:
        found = msgspec.convert(job.changes, ChangeCounts)
        return found.added, found.removed, found.changed
    return (job.new_urls, job.removed_urls, None) if job.compared_with else (None, None, None)


def _build_totals(job: Job) -> JobTotals:
    changes = None if job.changes is None else msgspec.convert(job.changes, ChangeCounts)
    return JobTotals(
        sitemaps=job.sitemaps,
        urls=job.urls,
        unique_urls=job.unique_urls,
        new_urls=job.new_urls if job.compared_with else None,
        removed_urls=job.removed_urls if job.compared_with else None,
        bytes=job.bytes,
        all_urls=UNSET if job.all_urls is None else job.all_urls,
        changed_urls=UNSET if changes is None else changes.changed,
        changed_since=UNSET if changes is None else format_milliseconds(read_time(changes.previous)),
    )


async def list_sitemaps_with_depth(session: AsyncSession, job_id: str) -> list[tuple[Sitemap, int]]:
    """Return the sitemaps of a job and their depths, each below the index that lists it, in its order."""
    return sort_by_depth((await session.scalars(select(Sitemap).where(Sitemap.job_id == job_id))).all())


def sort_by_depth(rows: Sequence[PlacedT]) -> list[tuple[PlacedT, int]]:
    """Return sitemaps of a job and their depths, each below the index that lists it, in its order."""
    known = {row.url for row in rows}
    children: dict[str | None, list[PlacedT]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.discovered_by, row.ordinal, row.url)):
        children[row.parent if row.parent in known else None].append(row)
    return list(_descend(children, None, 0))


def _descend(
    children: dict[str | None, list[PlacedT]], parent: str | None, depth: int
) -> Iterator[tuple[PlacedT, int]]:
    # Each list is taken out and so visited once: two files may name each other as parents.
    for row in children.pop(parent, ()):
        yield row, depth
        yield from _descend(children, row.url, depth + 1)


def summarize_jobs(rows: Sequence[tuple[Job, str]]) -> list[JobSummary]:
    """Return jobs, each given with the name of its domain, as ``jobs list`` prints them."""
    return [
        JobSummary(
            job_id=job.id,
            batch_id=job.batch_id,
            domain=domain,
            status=Status(job.status),
            verdict=to_verdict(job.verdict),
            sitemaps=job.sitemaps,
            urls=job.urls,
            started_at=format_time(job.started_at),
            finished_at=format_time(job.finished_at),
            error=job.error,
            build=job.target if job.is_local else UNSET,
            scope=job.scope or UNSET,
        )
        for job, domain in rows
    ]


def find_change(status: str, compared_with: str | None, new_urls: int, removed_urls: int) -> int | None:
    """Return the new URLs of a job minus the removed ones; None if it read nothing to compare."""
    return new_urls - removed_urls if compared_with and status in READ_STATUSES else None


def to_verdict(stored: str | None) -> Verdict | None:
    """Return a stored verdict as a value; None before the job ends."""
    return None if stored is None else Verdict(stored)


def format_time(moment: dt.datetime | None) -> str | None:
    """Format a time in UTC with milliseconds, as ``2026-11-01T00:00:00.000Z``."""
    if moment is None:
        return None
    return format_milliseconds(moment)
