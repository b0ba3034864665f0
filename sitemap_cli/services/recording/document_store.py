"""Store the content of bodies: each distinct body is one document, parsed into rows once."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from sqlalchemy import Select, bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import ConflictError
from sitemap_cli.model.values import Child, Fault, Kind
from sitemap_cli.services.recording import cached_documents, content_keys, document_problems
from sitemap_cli.services.shared.packed_documents import expand_documents
from sitemap_cli.storage import bulk_insert, models
from sitemap_cli.storage.bulk_insert import Part
from sitemap_cli.storage.insert_ignore import insert_or_ignore
from sitemap_cli.storage.models import Document

if TYPE_CHECKING:
    from sitemap_cli.crawl.document_reading import DocumentFacts
    from sitemap_cli.crawl.fetched_sitemap import FetchedSitemap
    from sitemap_cli.crawl.prepared_document import PreparedDocument

FACTS = ("complete", "urls", "children", "problems", "encoding", "generator")


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """The facts that the database has of a document."""

    id: int
    complete: bool
    urls: int
    children: int
    problems: int
    encoding: str | None
    generator: str | None
    is_packed: bool = False


class DocumentRow(NamedTuple):
    """The columns of a new document, and the digest that it is stored under."""

    digest: bytes
    values: Mapping[str, Any]


class StoreResult(NamedTuple):
    """The document of a sitemap, None if it has been removed, and whether it was stored before.

    ``followed`` are the sitemaps that it lists, ``fault`` says why reading it stopped early.
    """

    document: StoredDocument | None
    known: bool
    followed: Sequence[Child] = ()
    fault: Fault | None = None


_DOCUMENTS = models.table_of(Document)
DOCUMENT = _DOCUMENTS.c

# These statements run for every document. Building them once and bypassing the ORM's bookkeeping halves
# their cost.
_NEXT_ID = select(func.nextval(func.pg_get_serial_sequence(_DOCUMENTS.name, "id")))
_FILL = update(_DOCUMENTS).where(DOCUMENT.id == bindparam("filled"))
_SELECT: Select[Any] = select(DOCUMENT.id, *(DOCUMENT[name] for name in FACTS), DOCUMENT.is_packed)
# A document that is found is kept until the transaction ends: another process may be removing it.
KEPT: Select[Any] = _SELECT.with_for_update(read=True, key_share=True)
"""A SELECT of the columns of :class:`StoredDocument`."""
_BY_ID = KEPT.where(DOCUMENT.id == bindparam("document"))
_FIND = (
    _SELECT.where(DOCUMENT.tenant == bindparam("tenant"))
    .where(DOCUMENT.digest.in_(bindparam("digests", expanding=True)), DOCUMENT.id != bindparam("besides"))
    .order_by(DOCUMENT.complete.desc(), DOCUMENT.id)
    .limit(1)
)
_BY_DIGEST = _FIND.with_for_update(read=True, key_share=True)


async def is_stored(session: AsyncSession, tenant: str, sitemap: "FetchedSitemap") -> bool:
    """Return whether the document of a body is stored, so that the body need not be read."""
    return (await session.execute(_FIND, _bind_digests(tenant, sitemap))).first() is not None


async def reserve_document_id(session: AsyncSession) -> int:
    """Return the id of a document that will be stored, on Postgres; ids that are never used do no harm."""
    return int((await session.execute(_NEXT_ID)).scalar_one())


async def store_document(
    session: AsyncSession,
    tenant: str,
    job_id: str,
    sitemap: "FetchedSitemap",
    prepared: "PreparedDocument | None" = None,
) -> StoreResult:
    """Return the document of a sitemap: the cached one, or that of its body, which is stored if new.

    A body that was not ``prepared`` is read meanwhile.
    """
    if sitemap.cached is not None:
        row = (await session.execute(_BY_ID, {"document": sitemap.cached.document_id})).one_or_none()
        stored = StoreResult(await keep_document(session, StoredDocument(*row)) if row else None, known=True)
    else:
        stored = await _store_body(session, tenant, job_id, sitemap, prepared)
    if not stored.known or stored.document is None:
        return stored
    return stored._replace(followed=await list_followed(session, stored.document, sitemap))


async def list_followed(
    session: AsyncSession, document: StoredDocument, sitemap: "FetchedSitemap"
) -> Sequence[Child]:
    """Return the sitemaps that a known document lists."""
    if sitemap.follows_listed and sitemap.scope is not None:
        # Entries outside the scope may be sitemaps, too, and they are not stored.
        reading = sitemap.open_reading()
        for _ in reading:
            pass
        return reading.build_facts().followed
    children = await cached_documents.load_children(session, document.id) if document.children else ()
    if not sitemap.follows_listed or sitemap.kind is Kind.INDEX:
        return children
    return [*children, *await cached_documents.load_listed_sitemaps(session, document.id)]


async def _store_body(
    session: AsyncSession,
    tenant: str,
    job_id: str,
    sitemap: "FetchedSitemap",
    prepared: "PreparedDocument | None",
) -> StoreResult:
    known = await _find_by_digest(session, tenant, sitemap)
    if known is None:
        values = _build_placeholder(tenant, sitemap)
        if prepared is not None and prepared.document_id is not None:
            values["id"] = prepared.document_id
        document_id = await insert_or_ignore(session, Document, values)
        if document_id is not None:
            return await _store_rows(session, tenant, job_id, document_id, sitemap, prepared)
        # Another process recorded the same body after the SELECT.
        known = await _find_by_digest(session, tenant, sitemap)
        if known is None:
            raise ConflictError("the document was removed meanwhile", where=sitemap.discovered.url)
    return StoreResult(known, known=True)


async def _find_by_digest(
    session: AsyncSession, tenant: str, sitemap: "FetchedSitemap", *, besides: int = 0
) -> StoredDocument | None:
    """Return the document of a body, stored under any of its possible keys; ``besides`` is an id to skip."""
    row = (await session.execute(_BY_DIGEST, _bind_digests(tenant, sitemap, besides))).one_or_none()
    return await keep_document(session, StoredDocument(*row)) if row else None


async def keep_document(session: AsyncSession, document: StoredDocument) -> StoredDocument:
    """Return a document that a job uses again, with its entries if these were packed."""
    if not document.is_packed:
        return document
    await expand_documents(session, [document.id])
    return replace(document, is_packed=False)


def _bind_digests(tenant: str, sitemap: "FetchedSitemap", besides: int = 0) -> dict[str, Any]:
    digests = content_keys.build_candidate_keys(sitemap)
    return {"tenant": tenant, "digests": digests, "besides": besides}


async def _store_rows(
    session: AsyncSession,
    tenant: str,
    job_id: str,
    document_id: int,
    sitemap: "FetchedSitemap",
    prepared: "PreparedDocument | None",
) -> StoreResult:
    """Store the rows of a new document; it is known if another process stored it meanwhile."""
    if prepared is None:
        facts = await _read_rows(session, document_id, sitemap)
    else:
        facts = prepared.facts
        await bulk_insert.insert_prepared(session, document_id, prepared.rows)
        await bulk_insert.insert_children(session, [Part(document_id, 1, prepared.children)])
        await document_problems.record_problems(session, prepared.problems, document_id=document_id)
    values = _build_values(sitemap, job_id, facts)
    if values["digest"] != content_keys.identify_body(sitemap):
        # The insert could not conflict with a document that another process stored under this derived key.
        other = await _find_by_digest(session, tenant, sitemap, besides=document_id)
        if other is not None:
            await session.execute(delete(Document).where(Document.id == document_id))
            return StoreResult(other, known=True, followed=facts.followed)
    await session.execute(_FILL, {**values, "filled": document_id})
    document = StoredDocument(document_id, **{name: values[name] for name in FACTS})
    return StoreResult(document, known=False, followed=facts.followed, fault=facts.fault)


async def _read_rows(session: AsyncSession, document_id: int, sitemap: "FetchedSitemap") -> "DocumentFacts":
    """Read a body, and insert its rows at the same time."""
    reading = sitemap.open_reading()
    urls = children = 0
    for batch in reading:
        entries, listed = batch.entries, batch.children
        await bulk_insert.insert_entries(session, [Part(document_id, urls + 1, entries)])
        await bulk_insert.insert_children(session, [Part(document_id, children + 1, listed)])
        await document_problems.record_problems(session, batch.problems, document_id=document_id)
        urls, children = urls + len(entries), children + len(listed)
    return reading.build_facts()


def build_row(tenant: str, job_id: str, sitemap: "FetchedSitemap", facts: "DocumentFacts") -> DocumentRow:
    """Return the row of a document that was read completely before any of it is stored."""
    values = _build_values(sitemap, job_id, facts)
    return DocumentRow(values["digest"], {**_build_placeholder(tenant, sitemap), **values})


def _build_values(sitemap: "FetchedSitemap", job_id: str, facts: "DocumentFacts") -> dict[str, Any]:
    """Return the columns of a document that are known after it was read."""
    return {
        "digest": content_keys.build_key(sitemap, job_id, facts),
        "complete": facts.complete,
        "encoding": facts.encoding,
        "generator": facts.generator,
        "urls": facts.urls,
        "all_urls": None if sitemap.scope is None else facts.urls + facts.left_out,
        "children": facts.children,
        "problems": facts.problems,
        "days": facts.days,
        "sections": facts.sections,
        "codes": {**facts.codes, models.RESPELLED: facts.respelled},
        "extensions": facts.extensions,
        "disorder": facts.disorder,
        "strict": msgspec.to_builtins(facts.strict),
        "unique_urls": facts.url_range.unique if facts.url_range else None,
        "first_loc": facts.url_range.first if facts.url_range else None,
        "last_loc": facts.url_range.last if facts.url_range else None,
    }


def _build_placeholder(tenant: str, sitemap: "FetchedSitemap") -> dict[str, Any]:
    """Return the columns of a document that are known before it is read, and zeros."""
    return {
        "tenant": tenant,
        "digest": content_keys.identify_body(sitemap),
        "kind": sitemap.kind,
        "scope": sitemap.scope.path if sitemap.scope else None,
        "complete": False,
        "bytes": sitemap.response.bytes,
        "urls": 0,
        "children": 0,
        "problems": 0,
        "created_at": dt.datetime.now(dt.UTC),
    }
