"""Record fetched sitemaps: the facts of each fetch, and its document unless that is stored already."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl.http_cache import CachedDocument
from sitemap_cli.crawl.verdicts import UrlOutcome
from sitemap_cli.errors import ConflictError
from sitemap_cli.model.values import Child, Fault, Severity
from sitemap_cli.parse.problems import LOSSY_CODES
from sitemap_cli.services.recording import document_groups, document_problems, document_store
from sitemap_cli.services.recording.arrived_sitemap import ArrivedSitemap
from sitemap_cli.services.recording.document_store import StoredDocument, StoreResult
from sitemap_cli.storage import models
from sitemap_cli.storage.models import Problem
from sitemap_cli.storage.statements import Statement

if TYPE_CHECKING:
    from sitemap_cli.crawl.fetched_sitemap import FetchedSitemap
    from sitemap_cli.crawl.prepared_document import PreparedDocument

_SITEMAPS = models.table_of(models.Sitemap)
_ROW = _SITEMAPS.c

# These statements run for every sitemap. Building them once and bypassing the ORM's bookkeeping halves their
# cost.
_ADD = Statement(insert(_SITEMAPS).returning(_ROW.id))
_ADD_ALL = Statement(insert(_SITEMAPS))
_PREVIOUS = Statement(
    select(_ROW.id)
    .where(_ROW.document_id == bindparam("document"), _ROW.url == bindparam("sitemap_url"))
    .where(_ROW.job_id != bindparam("job"))
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class RecordedSitemap:
    """The result of recording one sitemap: its number of URLs, its part in the verdict, what to follow."""

    urls: int
    outcome: UrlOutcome
    followed: Sequence[Child] = ()


async def record_sitemap(
    session: AsyncSession,
    tenant: str,
    job_id: str,
    sitemap: "FetchedSitemap",
    prepared: "PreparedDocument | None" = None,
) -> RecordedSitemap:
    """Record one fetched sitemap of a job, all of it in the caller's transaction.

    ``prepared`` is its document if that was read already.
    """
    stored = StoreResult(None, known=False)
    if sitemap.is_readable:
        stored = await document_store.store_document(session, tenant, job_id, sitemap, prepared)
    document = stored.document
    if document is None and sitemap.cached is not None:
        # Nothing was fetched, as the document was known. Another attempt reads the body again.
        raise ConflictError("the document was removed meanwhile", where=sitemap.discovered.url)
    reason, message = await _find_failure(session, sitemap.error or stored.fault, document)
    unchanged = stored.known and await _is_unchanged(session, job_id, sitemap, document)
    row = {**_build_row(job_id, sitemap, document), "error": reason, "error_message": message}
    row_id = await _ADD.find_value(session, {**row, "unchanged": unchanged})
    await _record_problems(session, sitemap, row_id)
    outcome = sitemap.to_outcome(urls=row["urls"], reason=reason, fault=stored.fault)
    return RecordedSitemap(row["urls"], outcome, stored.followed)


async def record_sitemaps(
    session: AsyncSession, tenant: str, job_id: str, group: Sequence[ArrivedSitemap]
) -> list[RecordedSitemap]:
    """Record small sitemaps of a job with few statements, all of them in the caller's transaction."""
    rows, recorded = [], []
    results = await document_groups.store_documents(session, tenant, job_id, group)
    for each, stored in zip(group, results, strict=True):
        sitemap, document = each.sitemap, stored.document
        reason, message = await _find_failure(session, sitemap.error or stored.fault, document)
        unchanged = stored.known and await _is_unchanged(
            session, job_id, each.sitemap, document, each.previous
        )
        row = _build_row(job_id, sitemap, document)
        rows.append({**row, "error": reason, "error_message": message, "unchanged": unchanged})
        outcome = sitemap.to_outcome(urls=row["urls"], reason=reason, fault=stored.fault)
        recorded.append(RecordedSitemap(row["urls"], outcome, stored.followed))
    await _insert_rows(session, [each.sitemap for each in group], rows)
    return recorded


async def _insert_rows(
    session: AsyncSession, sitemaps: "Sequence[FetchedSitemap]", rows: list[dict[str, Any]]
) -> None:
    """Insert the rows of sitemaps, and the problems of their fetches; few sitemaps have any."""
    if rows and not any(map(_has_problems, sitemaps)):
        await _ADD_ALL.insert_rows(session, rows)
        return
    for sitemap, row in zip(sitemaps, rows, strict=True):
        row_id = await _ADD.find_value(session, row)
        await _record_problems(session, sitemap, row_id)


def _has_problems(sitemap: "FetchedSitemap") -> bool:
    return bool(sitemap.cached.problem_count if sitemap.cached else sitemap.response.problems)


async def _record_problems(session: AsyncSession, sitemap: "FetchedSitemap", row_id: int) -> None:
    """Record the problems of a fetch; those of a cached document are the ones of the fetch that read it."""
    if sitemap.cached is None:
        await document_problems.record_problems(session, sitemap.response.problems, sitemap_id=row_id)
    elif sitemap.cached.problem_count:
        await document_problems.copy_problems(session, sitemap.cached.sitemap_id, row_id)


def _build_row(job_id: str, sitemap: "FetchedSitemap", document: StoredDocument | None) -> dict[str, Any]:
    """Return the values of a sitemap's row, without the error and ``unchanged``."""
    discovered, response, cached = sitemap.discovered, sitemap.response, sitemap.cached
    if cached:
        problems = cached.problem_count
    else:
        problems = (document.problems if document else 0) + len(response.problems)
    return {
        "job_id": job_id,
        "document_id": document.id if document else None,
        "parent": discovered.parent,
        "ordinal": discovered.ordinal,
        "url": discovered.url,
        "final_url": response.final_url,
        "discovered_by": discovered.discovered_by,
        "kind": sitemap.kind,
        "status_code": response.status_code,
        "bytes": cached.bytes if cached else response.bytes,
        "wire_bytes": response.wire_bytes,
        "urls": document.urls if document else 0,
        "children": document.children if document else 0,
        "problems": problems,
        "etag": response.etag or (cached.validators.etag if cached else None),
        "last_modified": response.last_modified or (cached.validators.last_modified if cached else None),
        # The headers of a response without a body may not be those of the document.
        "content_type": cached.content_type if cached else response.content_type,
        "content_encoding": cached.content_encoding if cached else response.content_encoding,
        "encoding": document.encoding if document else None,
        "generator": document.generator if document else None,
        "hops": [[hop.url, hop.status_code] for hop in response.hops],
        "attempts": response.attempts,
        "ms": response.ms,
        "fetched_at": dt.datetime.now(dt.UTC),
    }


async def _is_unchanged(
    session: AsyncSession,
    job_id: str,
    sitemap: "FetchedSitemap",
    document: StoredDocument | None,
    previous: CachedDocument | None = None,
) -> bool:
    """Return whether another job read the same document from the same URL, as ``previous`` may show."""
    if document is None:
        return False
    if sitemap.cached is not None or (previous is not None and previous.document_id == document.id):
        return True
    parameters = {"document": document.id, "sitemap_url": sitemap.discovered.url, "job": job_id}
    return await _PREVIOUS.find_row(session, parameters) is not None


async def _find_failure(
    session: AsyncSession, error: Fault | None, document: StoredDocument | None
) -> tuple[str | None, str | None]:
    """Return the code and message of why a sitemap was not read completely; None twice if it was.

    The error of the fetch comes first, then the first problem that lost content.
    """
    if error is not None:
        return error.reason, error.message
    if document is None or document.complete:
        return None, None
    query = (
        select(Problem.code, Problem.message)
        .where(Problem.document_id == document.id, Problem.severity == Severity.ERROR)
        .order_by(case((Problem.code.in_(LOSSY_CODES), 0), else_=1), Problem.id)
        .limit(1)
    )
    first = (await session.execute(query)).one_or_none()
    return (first.code, first.message) if first else ("incomplete", "a part of the document was left out")
