"""Store the content of bodies: each distinct body is one document, parsed into rows once."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl import entry_redaction
from sitemap_cli.crawl.fetched_sitemap import FetchedSitemap
from sitemap_cli.errors import ConflictError
from sitemap_cli.model.values import Child, Entry, Item, Kind, Problem
from sitemap_cli.parse.element_order import Disorder
from sitemap_cli.services.recording import cached_documents, content_keys, document_problems
from sitemap_cli.storage import bulk_insert, models
from sitemap_cli.storage.insert_ignore import insert_or_ignore
from sitemap_cli.storage.models import Document
from sitemap_cli.urls import are_canonical, canonical_url

DAY = 86_400
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


class StoreResult(NamedTuple):
    """The document of a sitemap, and whether it was stored before; None if it has been removed."""

    document: StoredDocument | None
    known: bool


class ParsedItems(NamedTuple):
    """The items of a batch by type."""

    entries: list[Entry]
    children: list[Child]
    problems: list[Problem]


_DOCUMENTS = models.table_of(Document)
_DOCUMENT = _DOCUMENTS.c

# These statements run for every document. Building them once and bypassing the ORM's bookkeeping halves
# their cost.
_FILL = update(_DOCUMENTS).where(_DOCUMENT.id == bindparam("filled"))
_SELECT: Select[Any] = select(_DOCUMENT.id, *(_DOCUMENT[name] for name in FACTS))
# A document that is found is kept until the transaction ends: another process may be removing it.
_BY_ID = _SELECT.where(_DOCUMENT.id == bindparam("document")).with_for_update(read=True, key_share=True)
_BY_DIGEST = (
    _SELECT.where(_DOCUMENT.tenant == bindparam("tenant"))
    .where(_DOCUMENT.digest.in_(bindparam("digests", expanding=True)), _DOCUMENT.id != bindparam("besides"))
    .order_by(_DOCUMENT.complete.desc(), _DOCUMENT.id)
    .limit(1)
    .with_for_update(read=True, key_share=True)
)


async def store_document(
    session: AsyncSession, tenant: str, job_id: str, sitemap: FetchedSitemap
) -> StoreResult:
    """Return the document of a sitemap: the cached one, or that of its body, which is parsed if new."""
    if sitemap.cached is not None:
        row = (await session.execute(_BY_ID, {"document": sitemap.cached.document_id})).one_or_none()
        stored = StoreResult(StoredDocument(*row) if row else None, known=True)
    else:
        stored = await _store_body(session, tenant, job_id, sitemap)
    document = stored.document
    if stored.known and document is not None and sitemap.kind is not Kind.INDEX:
        # The crawl follows these children once the sitemap is recorded. It reads those of an index itself.
        await _collect_children(session, document, sitemap)
    return stored


async def _collect_children(session: AsyncSession, document: StoredDocument, sitemap: FetchedSitemap) -> None:
    """Collect the sitemaps that a known document lists."""
    if sitemap.follows_listed and sitemap.scope is not None:
        # Entries outside the scope may be sitemaps, too, and they are not stored.
        for _ in sitemap.read_batches():
            pass
        return
    if sitemap.follows_listed:
        sitemap.children = await cached_documents.load_listed_sitemaps(session, document.id)
    if document.children:
        children = await cached_documents.load_children(session, document.id)
        sitemap.children = [*children, *sitemap.children]


async def _store_body(
    session: AsyncSession, tenant: str, job_id: str, sitemap: FetchedSitemap
) -> StoreResult:
    known = await _find_by_digest(session, tenant, sitemap)
    if known is None:
        document_id = await insert_or_ignore(session, Document, _build_placeholder(tenant, sitemap))
        if document_id is not None:
            return await _store_rows(session, tenant, job_id, document_id, sitemap)
        # Another process recorded the same body after the SELECT.
        known = await _find_by_digest(session, tenant, sitemap)
        if known is None:
            raise ConflictError("the document was removed meanwhile", where=sitemap.discovered.url)
    return StoreResult(known, known=True)


async def _find_by_digest(
    session: AsyncSession, tenant: str, sitemap: FetchedSitemap, *, besides: int = 0
) -> StoredDocument | None:
    """Return the document of a body, stored under any of its possible keys; ``besides`` is an id to skip."""
    digests = content_keys.build_candidate_keys(sitemap)
    parameters = {"tenant": tenant, "digests": digests, "besides": besides}
    row = (await session.execute(_BY_DIGEST, parameters)).one_or_none()
    return StoredDocument(*row) if row else None


async def _store_rows(
    session: AsyncSession, tenant: str, job_id: str, document_id: int, sitemap: FetchedSitemap
) -> StoreResult:
    """Parse a body into rows of its document; it is known if another process stored it meanwhile."""
    urls = children = redactions = respelled = 0
    relative = False
    days, extensions = Counter[int | str](), Counter[str]()
    for batch in sitemap.read_batches():
        redacted = entry_redaction.redact_entries(batch)
        redactions += len(redacted) - len(batch)
        items = _split_by_type(redacted)
        await bulk_insert.insert_entries(session, document_id, urls + 1, items.entries)
        await bulk_insert.insert_children(session, document_id, children + 1, items.children)
        await document_problems.record_problems(session, items.problems, document_id=document_id)
        respelled += _count_respelled(items.entries)
        _count_days(days, items.entries)
        extensions.update(key for each in items.entries if each.extensions for key in each.extensions)
        urls, children = urls + len(items.entries), children + len(items.children)
        relative = relative or any(each.code == "loc-relative" for each in items.problems)
    reading = sitemap.reading
    assert reading is not None  # noqa: S101 - a readable sitemap has a body
    values: dict[str, Any] = {
        "digest": content_keys.build_key(sitemap, job_id, relative=relative, complete=reading.complete),
        "complete": reading.complete,
        "encoding": reading.encoding,
        "generator": reading.generator,
        "urls": urls,
        "all_urls": None if sitemap.scope is None else urls + sitemap.left_out,
        "children": children,
        "problems": reading.problems + redactions,
        "days": {str(day): count for day, count in days.items()},
        "codes": {**reading.codes, models.RESPELLED: respelled},
        "extensions": dict(extensions),
        "disorder": _encode_disorder(reading.disorder),
    }
    if values["digest"] != content_keys.identify_body(sitemap):
        # The insert could not conflict with a document that another process stored under this derived key.
        other = await _find_by_digest(session, tenant, sitemap, besides=document_id)
        if other is not None:
            await session.execute(delete(Document).where(Document.id == document_id))
            return StoreResult(other, known=True)
    await session.execute(_FILL, {**values, "filled": document_id})
    document = StoredDocument(document_id, **{name: values[name] for name in FACTS})
    return StoreResult(document, known=False)


def _build_placeholder(tenant: str, sitemap: FetchedSitemap) -> dict[str, Any]:
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


def _encode_disorder(disorder: Disorder) -> dict[str, Any] | None:
    if not disorder.entries:
        return None
    return {"entries": disorder.entries, "line": disorder.line, "message": disorder.message}


def _count_days(days: Counter[int | str], entries: list[Entry]) -> None:
    """Count entries by the day of their lastmod, or as missing or invalid."""
    dated = [moment // DAY for each in entries if (moment := each.lastmod_utc) is not None]
    days.update(dated)
    if len(dated) < len(entries):
        missing = sum(each.lastmod is None for each in entries)
        days.update({"missing": missing, "invalid": len(entries) - len(dated) - missing})


def _count_respelled(entries: list[Entry]) -> int:
    """Count the URLs that are not in their canonical spelling."""
    locs = [each.loc for each in entries]
    return 0 if are_canonical(locs) else sum(canonical_url(loc) != loc for loc in locs)


def _split_by_type(batch: list[Item]) -> ParsedItems:
    entries = [each for each in batch if isinstance(each, Entry)]
    if len(entries) == len(batch):
        return ParsedItems(entries, [], [])
    children = [each for each in batch if isinstance(each, Child)]
    return ParsedItems(entries, children, [each for each in batch if isinstance(each, Problem)])
