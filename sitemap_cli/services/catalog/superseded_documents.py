"""Pack the entries of documents that newer jobs have superseded.

A nightly job over a large site in which little changes would otherwise store all entries of a sitemap once
more each night. The documents of the last two complete jobs of a history, and of all newer ones, are never
packed, because most commands only read those.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.values import Acceptance, Status
from sitemap_cli.services.recording.job_history import find_reference_job
from sitemap_cli.services.shared.entry_packing import pack_entries
from sitemap_cli.services.shared.packed_documents import load_columns
from sitemap_cli.storage import models
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.history_models import PackedEntries
from sitemap_cli.storage.models import Document, Job, Probe, Sitemap, entries
from sitemap_cli.urls import canonical_url

MAX_ENTRIES = 100_000
"""Entries of the largest document that is packed: those of two documents are in memory for it."""
MAX_DEPTH = 16
"""Documents that are unpacked one after the other to read one; a further one is packed without a base."""
COMPARED = 3
"""Complete jobs that matter: documents of the third-last one are superseded."""

_DOCUMENTS = models.table_of(Document)
_DOCUMENT, _SITEMAP, _PACKED, _PROBE, _JOB = (
    models.table_of(each).c for each in (Document, Sitemap, PackedEntries, Probe, Job)
)


class Superseded(NamedTuple):
    """A document that newer jobs have replaced, and the document of the same sitemap in one of them."""

    document_id: int
    base_id: int | None


class PackedRows(NamedTuple):
    """The entries of a document, packed; see :class:`sitemap_cli.storage.history_models.PackedEntries`."""

    base_id: int | None
    depth: int
    rows: bytes


class Supersession(NamedTuple):
    """The documents that can be packed, and the condition for jobs that need not have their entries."""

    documents: Sequence[Superseded]
    second: str
    references: Sequence[str]


async def find_superseded(session: AsyncSession, job_id: str) -> Supersession | None:
    """Return the documents that can be packed after a complete job ended; return None without any.

    They are those of the third-last complete job of its history, and of the jobs between that and the
    second-last one, unless another job uses them: a newer one, one of another history, or one that
    ``check --max-drop`` compares with.
    """
    job = await session.get_one(Job, job_id)
    same = _has_history_of(job)
    complete = select(_JOB.id).where(*same, _JOB.status == Status.COMPLETED).order_by(_JOB.id.desc())
    newest = (await session.scalars(complete.limit(COMPARED))).all()
    if len(newest) < COMPARED:
        return None
    last, second, third = newest
    conditions = (_JOB.gate.in_((Acceptance.PASSED, Acceptance.ACCEPTED)), _JOB.gate.is_(None))
    references = [
        found
        for each in conditions
        if (found := (await session.scalars(complete.where(each).limit(1))).first()) is not None
    ]
    old = select(_JOB.id).where(*same, _JOB.id >= third, _JOB.id < second)
    used = select(_SITEMAP.document_id).where(
        _SITEMAP.job_id.in_((last, second)), _SITEMAP.document_id.is_not(None)
    )
    query = (
        select(_SITEMAP.document_id, _SITEMAP.url)
        .join(_DOCUMENTS, _DOCUMENT.id == _SITEMAP.document_id)
        .where(_SITEMAP.job_id.in_(old), ~_DOCUMENT.is_packed, _DOCUMENT.urls.between(1, MAX_ENTRIES))
        .where(_SITEMAP.document_id.not_in(used))
        .order_by(_SITEMAP.id)
    )
    urls = {row.document_id: canonical_url(row.url) for row in await session.execute(query)}
    if not urls:
        return None
    parameters = {"documents": sorted(urls)}
    kept = select(_DOCUMENT.id).where(
        _DOCUMENT.id.in_(bind_ids("documents")), _is_needed(job, second, references)
    )
    for each in await session.scalars(kept, parameters):
        del urls[each]
    bases = await _find_bases(session, (last, second), set(urls.values()))
    found = [Superseded(document, bases.get(url)) for document, url in urls.items()]
    return Supersession(found, second, references) if found else None


async def list_packed_for_check(session: AsyncSession, job_id: str) -> list[int]:
    """Return the packed documents of a job, and of the one that a check compares it with."""
    job = await session.get_one(Job, job_id)
    reference = await find_reference_job(session, job)
    jobs = [job.id] if reference is None else [job.id, reference.id]
    query = select(_DOCUMENT.id).where(
        _DOCUMENT.is_packed,
        _DOCUMENT.id.in_(select(_SITEMAP.document_id).where(_SITEMAP.job_id.in_(jobs))),
    )
    return list(await session.scalars(query))


async def pack_rows(session: AsyncSession, superseded: Superseded) -> PackedRows:
    """Return the entries of a document as they are stored if it is packed.

    Raises:
        NotFoundError: a document was removed.
    """
    depth = select(func.max(_PACKED.depth)).where(_PACKED.base_id == superseded.document_id)
    above = (await session.scalar(depth)) or 0
    base_id = superseded.base_id if above + 1 < MAX_DEPTH else None
    columns = await load_columns(session, superseded.document_id)
    base = await load_columns(session, base_id) if base_id is not None else None
    return PackedRows(base_id, 0 if base_id is None else above + 1, pack_entries(columns, base))


async def store_packed(
    session: AsyncSession, job_id: str, superseded: Superseded, packed: PackedRows, supersession: Supersession
) -> bool:
    """Replace the entries of a document by packed ones; return False if a job began to use it meanwhile.

    A transaction that records a job locks the documents that it uses.
    """
    job = await session.get_one(Job, job_id)
    needed = _is_needed(job, supersession.second, supersession.references)
    document = superseded.document_id
    query = select(_DOCUMENT.id).where(_DOCUMENT.id == document, ~_DOCUMENT.is_packed, ~needed)
    if (await session.scalar(query.with_for_update(skip_locked=True))) is None:
        return False
    # The lock may have waited for a transaction that began to use it.
    if (await session.scalar(query)) is None or not await _lock_base(session, packed.base_id):
        return False
    await session.execute(insert(PackedEntries).values({"document_id": document, **packed._asdict()}))
    await session.execute(update(Document).where(Document.id == document).values(is_packed=True))
    await session.execute(delete(entries).where(entries.c.document_id == document))
    return True


async def _lock_base(session: AsyncSession, base_id: int | None) -> bool:
    """Return whether the base of a document is still there; it stays there until the transaction ends."""
    if base_id is None:
        return True
    query = select(_DOCUMENT.id).where(_DOCUMENT.id == base_id, _DOCUMENT.tenant != models.REMOVED)
    return (await session.scalar(query.with_for_update(read=True, key_share=True))) is not None


def _has_history_of(job: Job) -> tuple[ColumnElement[bool], ...]:
    same = (_JOB.tenant == job.tenant, _JOB.domain_id == job.domain_id)
    return (*same, _JOB.history == job.history, _JOB.is_local == job.is_local)


def _is_needed(job: Job, second: str, references: Collection[str]) -> ColumnElement[bool]:
    """Return the condition for documents that a job uses which is newer, special or of another history."""
    is_old = (*_has_history_of(job), _JOB.id < second, _JOB.id.not_in(references))
    users = (
        select(each.id)
        .join(models.table_of(Job), _JOB.id == each.job_id)
        .where(each.document_id == _DOCUMENT.id)
        for each in (_SITEMAP, _PROBE)
    )
    return or_(*(each.where(~and_(*is_old)).exists() for each in users))


async def _find_bases(session: AsyncSession, jobs: Sequence[str], urls: Collection[str]) -> Mapping[str, int]:
    """Return the documents of sitemaps in the second-last or the last complete job, by canonical URL."""
    query = (
        select(_SITEMAP.url, _SITEMAP.document_id)
        .join(_DOCUMENTS, _DOCUMENT.id == _SITEMAP.document_id)
        .where(_SITEMAP.job_id.in_(jobs), ~_DOCUMENT.is_packed)
        .where(_DOCUMENT.urls.between(1, MAX_ENTRIES))
        # The second-last one is older: its documents come last, and count.
        .order_by(_SITEMAP.job_id.desc(), _SITEMAP.id)
    )
    found = dict[str, int]()
    for row in await session.execute(query):
        if (url := canonical_url(row.url)) in urls:
            found[url] = row.document_id
    return found
