"""Pack the entries of documents that newer jobs have superseded.

A nightly job over a large site in which little changes would otherwise store all entries of a sitemap once
more each night. The documents of the last two complete jobs of a history, and of all newer ones, are never
packed, because most commands only read those.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import NotFoundError
from sitemap_cli.model.values import Acceptance, Status
from sitemap_cli.services.recording.job_history import find_reference_job
from sitemap_cli.services.shared.entry_packing import pack_entries
from sitemap_cli.services.shared.packed_documents import load_columns, load_stored_columns
from sitemap_cli.storage import models
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.history_models import PackedEntries
from sitemap_cli.storage.models import Document, Job, Probe, Sitemap, entries
from sitemap_cli.urls import canonical_url

MAX_ENTRIES = 100_000
"""Entries of the largest document that is packed: those of two documents are in memory for it."""
MAX_DEPTH = 16
"""Documents that are unpacked one after the other to read one; a further one is packed without a base."""
UNFINISHED = (Status.PENDING, Status.RUNNING)
COMPARED = 3
"""Complete jobs that matter: documents of the third-last one are superseded."""

_DOCUMENTS = models.table_of(Document)
_DOCUMENT, _SITEMAP, _PACKED, _PROBE, _JOB = (
    models.table_of(each).c for each in (Document, Sitemap, PackedEntries, Probe, Job)
)


class Superseded(NamedTuple):
    """A document that newer jobs have replaced, and the document of the same sitemap in one of them."""

    document_id: int
    urls: int
    base_id: int | None


class PackedRows(NamedTuple):
    """The entries of a document, packed; see :class:`sitemap_cli.storage.history_models.PackedEntries`."""

    document_id: int
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
    second-last one, unless another job uses them: a newer one, one of another history, one that
    runs, or one that ``check --max-drop`` or a job that runs is compared with.
    """
    job = await session.get_one(Job, job_id)
    same = _has_history_of(job)
    complete = select(_JOB.id).where(*same, _JOB.status == Status.COMPLETED).order_by(_JOB.id.desc())
    newest = (await session.scalars(complete.limit(COMPARED))).all()
    if len(newest) < COMPARED:
        return None
    last, second, third = newest
    conditions: tuple[ColumnElement[bool], ...] = (
        _JOB.gate.in_((Acceptance.PASSED, Acceptance.ACCEPTED)),
        _JOB.gate.is_(None),
    )
    # Jobs that run may be older than those that ended, and they are compared with others when they end.
    running = select(_JOB.id).where(*same, _JOB.status.in_(UNFINISHED), _JOB.id < last)
    conditions += tuple(_JOB.id < each for each in await session.scalars(running))
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
        select(_SITEMAP.document_id, _SITEMAP.url, _DOCUMENT.urls)
        .join(_DOCUMENTS, _DOCUMENT.id == _SITEMAP.document_id)
        .where(_SITEMAP.job_id.in_(old), ~_DOCUMENT.is_packed, _DOCUMENT.urls.between(1, MAX_ENTRIES))
        .where(_SITEMAP.document_id.not_in(used))
        .order_by(_SITEMAP.id)
    )
    rows = (await session.execute(query)).all()
    urls = {row.document_id: canonical_url(row.url) for row in rows}
    sizes = {row.document_id: row.urls for row in rows}
    if not urls:
        return None
    parameters = {"documents": sorted(urls)}
    kept = select(_DOCUMENT.id).where(
        _DOCUMENT.id.in_(bind_ids("documents")), _is_needed(job, second, references)
    )
    for each in await session.scalars(kept, parameters):
        del urls[each]
    bases = await _find_bases(session, (last, second), set(urls.values()))
    found = [Superseded(document, sizes[document], bases.get(url)) for document, url in urls.items()]
    return Supersession(found, second, references) if found else None


async def list_packed_for_check(session: AsyncSession, job_id: str) -> Sequence[tuple[int, int]]:
    """Return the packed documents of a job, and of the one that a check compares it with.

    Each comes with its number of entries.
    """
    job = await session.get_one(Job, job_id)
    reference = await find_reference_job(session, job)
    jobs = [job.id] if reference is None else [job.id, reference.id]
    query = select(_DOCUMENT.id, _DOCUMENT.urls).where(
        _DOCUMENT.is_packed,
        _DOCUMENT.id.in_(select(_SITEMAP.document_id).where(_SITEMAP.job_id.in_(jobs))),
    )
    return [(document, urls) for document, urls in await session.execute(query)]


async def pack_documents(session: AsyncSession, documents: Sequence[Superseded]) -> list[PackedRows]:
    """Return the entries of documents as they are stored if they are packed, without removed documents."""
    depth = func.max(_PACKED.depth)
    query = select(_PACKED.base_id, depth).where(_PACKED.base_id.in_(bind_ids("documents")))
    parameters = {"documents": sorted(each.document_id for each in documents)}
    rows = await session.execute(query.group_by(_PACKED.base_id), parameters)
    depths = {base_id: depth + 1 for base_id, depth in rows}
    bases = {
        each.document_id: each.base_id
        for each in documents
        if depths.get(each.document_id, 0) + 1 < MAX_DEPTH
    }
    needed = {*parameters["documents"], *(each for each in bases.values() if each is not None)}
    stored, found = await load_stored_columns(session, needed), list[PackedRows]()
    for document, urls, _ in documents:
        base_id = bases.get(document)
        try:
            columns = stored.get(document) or await load_columns(session, document)
            base = None
            if base_id is not None:
                base = stored.get(base_id) or await load_columns(session, base_id)
        except NotFoundError:
            continue
        if len(columns[0]) == urls:
            place = 0 if base_id is None else depths.get(document, 0) + 1
            found.append(PackedRows(document, base_id, place, pack_entries(columns, base)))
    return found


async def store_packed(
    session: AsyncSession, job_id: str, packed: Sequence[PackedRows], supersession: Supersession
) -> int:
    """Replace the entries of documents by packed ones, except those that a job began to use meanwhile.

    A transaction that records a job locks the documents that it uses.

    Returns:
        The number of documents that were packed.
    """
    job = await session.get_one(Job, job_id)
    needed = _is_needed(job, supersession.second, supersession.references)
    query = select(_DOCUMENT.id).where(
        _DOCUMENT.id.in_(bind_ids("documents")), ~_DOCUMENT.is_packed, _DOCUMENT.tenant == job.tenant, ~needed
    )
    documents = sorted(each.document_id for each in packed)
    locked = await session.scalars(
        query.order_by(_DOCUMENT.id).with_for_update(skip_locked=True), {"documents": documents}
    )
    # A transaction that began to use one may have been committed since the statement began.
    parameters = {"documents": [*locked]}
    unused = set(await session.scalars(query, parameters))
    bases = await _lock_bases(session, {each.base_id for each in packed if each.base_id is not None})
    rows = [
        each._asdict()
        for each in packed
        if each.document_id in unused and (each.base_id is None or each.base_id in bases)
    ]
    if not rows:
        return 0
    parameters = {"documents": [row["document_id"] for row in rows]}
    chosen = _DOCUMENT.id.in_(bind_ids("documents"))
    await session.execute(insert(PackedEntries), rows)
    await session.execute(update(_DOCUMENTS).where(chosen).values(is_packed=True), parameters)
    gone = delete(entries).where(entries.c.document_id.in_(bind_ids("documents")))
    await session.execute(gone, parameters)
    return len(rows)


async def _lock_bases(session: AsyncSession, base_ids: Collection[int]) -> set[int]:
    """Return those bases of documents that are still there; they stay there until the transaction ends."""
    query = select(_DOCUMENT.id).where(
        _DOCUMENT.id.in_(bind_ids("documents")), _DOCUMENT.tenant != models.REMOVED
    )
    query = query.order_by(_DOCUMENT.id).with_for_update(read=True, key_share=True)
    return set(await session.scalars(query, {"documents": sorted(base_ids)}))


def _has_history_of(job: Job) -> tuple[ColumnElement[bool], ...]:
    same = (_JOB.tenant == job.tenant, _JOB.domain_id == job.domain_id)
    return (*same, _JOB.history == job.history, _JOB.is_local == job.is_local)


def _is_needed(job: Job, second: str, references: Collection[str]) -> ColumnElement[bool]:
    """Return the condition for documents of a job that is newer, special, of another history or runs."""
    is_old = (
        *(*_has_history_of(job), _JOB.id < second, _JOB.id.not_in(references)),
        _JOB.status.not_in(UNFINISHED),
    )
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
