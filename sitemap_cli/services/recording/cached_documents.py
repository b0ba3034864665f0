"""Documents that previous jobs of a domain read completely; the next job need not read them again."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl.http_cache import CachedDocument
from sitemap_cli.crawl.targets import Target
from sitemap_cli.fetch.interface import Validators
from sitemap_cli.model.values import Child, Kind, Status
from sitemap_cli.services.recording.job_history import READ_STATUSES, bind_history, select_recent_job_ids
from sitemap_cli.storage import models
from sitemap_cli.storage.models import children, entries
from sitemap_cli.storage.statements import Statement
from sitemap_cli.urls import is_sitemap_name

# More than one job, because a job may have covered a part of the site or have failed in places.
RECENT_JOBS = 3


class CacheKey(NamedTuple):
    """A requested URL, and the part of the site that its document was read for; None for all of it."""

    url: str
    scope: str | None


_DOCUMENT, _ROW = (models.table_of(each).c for each in (models.Document, models.Sitemap))

# These statements run once for every job or index, and a batch has thousands of jobs. Building them once
# halves their cost.
_RECENT = select_recent_job_ids((RECENT_JOBS, READ_STATUSES), (1, (Status.COMPLETED,)))
_INDEX = models.table_of(models.Sitemap).alias("listing")
_CACHED = Statement(
    select(_ROW.url, _DOCUMENT.scope, _ROW.id, _DOCUMENT.id, _DOCUMENT.kind, _DOCUMENT.digest)
    .add_columns(_DOCUMENT.bytes, _DOCUMENT.urls, _DOCUMENT.children, _ROW.problems)
    .add_columns(_ROW.content_type, _ROW.content_encoding, _ROW.final_url, _ROW.etag, _ROW.last_modified)
    .add_columns(children.c.lastmod, _DOCUMENT.first_loc, _DOCUMENT.last_loc)
    .join(models.table_of(models.Document), _DOCUMENT.id == _ROW.document_id)
    .outerjoin(_INDEX, and_(_INDEX.c.job_id == _ROW.job_id, _INDEX.c.url == _ROW.parent))
    .outerjoin(
        children,
        and_(
            children.c.document_id == _INDEX.c.document_id,
            children.c.position == _ROW.ordinal + 1,
            children.c.loc == _ROW.url,
        ),
    )
    .where(_ROW.job_id.in_(bindparam("jobs", expanding=True)))
    .where(_ROW.error.is_(None), _DOCUMENT.complete)
    .where(or_(_DOCUMENT.scope.is_(None), _DOCUMENT.scope == bindparam("scope")))
    .order_by(_ROW.job_id, _ROW.id)
)
_NEXT, _JOB = (
    models.table_of(models.Sitemap).alias("next_page"),
    models.table_of(models.Job).alias("read_job"),
)
_FEEDS = [each for each in Kind if each.is_feed]
# A job that a limit stopped may have left out the next page.
_LAST_PAGES = (
    select(_ROW.id)
    .join(_JOB, _JOB.c.id == _ROW.job_id)
    .outerjoin(_NEXT, and_(_NEXT.c.job_id == _ROW.job_id, _NEXT.c.parent == _ROW.url))
    .where(_ROW.job_id.in_(bindparam("jobs", expanding=True)))
    .where(_JOB.c.status == Status.COMPLETED, _ROW.kind.in_(_FEEDS), _NEXT.c.id.is_(None))
)
_CHILDREN = Statement(
    select(children.c.loc, children.c.lastmod, children.c.lastmod_utc, children.c.line)
    .where(children.c.document_id == bindparam("document"))
    .order_by(children.c.position)
)

_LISTED = (
    select(entries.c.loc, entries.c.lastmod, entries.c.lastmod_utc, entries.c.line)
    .where(entries.c.document_id == bindparam("document"), func.lower(entries.c.loc).like("%.xml%"))
    .order_by(entries.c.position)
)


async def load_cached_documents(
    session: AsyncSession, tenant: str, domain_id: int, target: Target
) -> dict[CacheKey, CachedDocument]:
    """Return the documents that recent jobs read completely, by requested URL; the newest one wins.

    Documents that were read for another part of the site are left out.
    """
    recent = await _RECENT.load_rows(session, bind_history(tenant, domain_id, target))
    if not recent:
        return {}
    jobs = [each.id for each in recent]
    rows = await _CACHED.load_rows(session, {"jobs": jobs, "scope": target.scope})
    found = {CacheKey(url, scope): _build_cached_document(*facts) for url, scope, *facts in rows}
    if not any(each.kind.is_feed for each in found.values()):
        return found
    last = set((await session.execute(_LAST_PAGES, {"jobs": jobs})).scalars())
    return {key: replace(each, is_last_page=each.sitemap_id in last) for key, each in found.items()}


async def load_children(session: AsyncSession, document_id: int) -> Sequence[Child]:
    """Return the sitemaps that a document lists, in document order."""
    return [Child(*row) for row in await _CHILDREN.load_rows(session, {"document": document_id})]


async def load_listed_sitemaps(session: AsyncSession, document_id: int) -> list[Child]:
    """Return the entries of a document that are sitemaps by their names, in document order."""
    rows = await session.execute(_LISTED, {"document": document_id})
    return [Child(*row) for row in rows if is_sitemap_name(row.loc)]


def _build_cached_document(
    row: int,
    document: int,
    kind: str,
    digest: bytes,
    size: int,
    urls: int,
    listed: int,
    problems: int,
    content_type: str | None,
    content_encoding: str | None,
    url: str,
    etag: str | None,
    last_modified: str | None,
    listed_lastmod: str | None,
    first_loc: str | None,
    last_loc: str | None,
) -> CachedDocument:
    return CachedDocument(
        row,
        document,
        Kind(kind),
        digest,
        size,
        problems,
        Validators(url, etag, last_modified),
        content_type=content_type,
        content_encoding=content_encoding,
        listed_lastmod=listed_lastmod,
        urls=urls,
        children=listed,
        first_loc=first_loc,
        last_loc=last_loc,
    )
