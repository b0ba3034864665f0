"""Store the documents of several small sitemaps with few statements.

:mod:`sitemap_cli.services.recording.document_store` does the same for one document of any size.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.errors import ConflictError
from sitemap_cli.model.item_batch import EntryColumns
from sitemap_cli.model.values import Child
from sitemap_cli.services.recording import content_keys, document_problems, document_store
from sitemap_cli.services.recording.arrived_sitemap import ArrivedSitemap
from sitemap_cli.services.recording.document_store import (
    DOCUMENT,
    FACTS,
    KEPT,
    DocumentRow,
    StoredDocument,
    StoreResult,
)
from sitemap_cli.storage import bulk_insert
from sitemap_cli.storage.bulk_insert import Part
from sitemap_cli.storage.insert_ignore import insert_new
from sitemap_cli.storage.models import Document
from sitemap_cli.storage.statements import Statement

if TYPE_CHECKING:
    from sitemap_cli.crawl.document_reading import ReadDocument

_BY_IDS = Statement(KEPT.where(DOCUMENT.id.in_(bindparam("documents", expanding=True))))
_BY_DIGESTS = Statement(
    KEPT.add_columns(DOCUMENT.digest)
    .where(DOCUMENT.tenant == bindparam("tenant"))
    .where(DOCUMENT.digest.in_(bindparam("digests", expanding=True)))
)


class _NewDocument(NamedTuple):
    """A document that is not stored yet: the values of its row, and its content."""

    row: DocumentRow
    content: "ReadDocument"


async def store_documents(
    session: AsyncSession, tenant: str, job_id: str, group: Sequence[ArrivedSitemap]
) -> list[StoreResult]:
    """Return the document of each sitemap: the cached one, or that of its body, which is stored if new."""
    cached = await _load_cached(session, group)
    keys = [_list_keys(job_id, each) for each in group]
    stored = await _load_by_digest(session, tenant, [key for several in keys for key in several])
    new = _select_new(tenant, job_id, group, keys, stored)
    inserted = await _insert_documents(session, new)
    stored |= inserted
    if len(inserted) < len(new):
        # Another process recorded the same bodies after the SELECT.
        stored |= await _load_by_digest(session, tenant, new.keys() - inserted.keys())
    unused, results = {each.id for each in inserted.values()}, list[StoreResult]()
    for each, several in zip(group, keys, strict=True):
        reused = each.sitemap.cached
        document = cached.get(reused.document_id) if reused else _pick_document(several, stored)
        if document is None and (reused or several):
            raise ConflictError("the document was removed meanwhile", where=each.sitemap.discovered.url)
        is_new = document is not None and document.id in unused
        if document is not None:
            unused.discard(document.id)
        results.append(await _build_result(session, each, document, is_new=is_new))
    return results


def _list_keys(job_id: str, arrived: ArrivedSitemap) -> list[bytes]:
    """Return the keys under which the document of a body may be stored; none without a body."""
    if not arrived.sitemap.is_readable or arrived.sitemap.cached is not None:
        return []
    keys = content_keys.build_candidate_keys(arrived.sitemap)
    if arrived.document is not None:
        keys.append(content_keys.build_key(arrived.sitemap, job_id, arrived.document.facts))
    return keys


def _pick_document(keys: Iterable[bytes], stored: Mapping[bytes, StoredDocument]) -> StoredDocument | None:
    """Return the document that is stored under one of some keys, a complete one if there are several."""
    found = [stored[key] for key in keys if key in stored]
    return min(found, key=lambda each: (not each.complete, each.id), default=None)


async def _load_cached(session: AsyncSession, group: Sequence[ArrivedSitemap]) -> dict[int, StoredDocument]:
    documents = [each.sitemap.cached.document_id for each in group if each.sitemap.cached is not None]
    if not documents:
        return {}
    rows = await _BY_IDS.load_rows(session, {"documents": documents})
    return {row.id: await document_store.keep_document(session, StoredDocument(*row)) for row in rows}


async def _load_by_digest(
    session: AsyncSession, tenant: str, digests: Iterable[bytes]
) -> dict[bytes, StoredDocument]:
    wanted = list(dict.fromkeys(digests))
    if not wanted:
        return {}
    rows = await _BY_DIGESTS.load_rows(session, {"tenant": tenant, "digests": wanted})
    found = dict[bytes, StoredDocument]()
    for *facts, digest in rows:
        found[digest] = await document_store.keep_document(session, StoredDocument(*facts))
    return found


def _select_new(
    tenant: str,
    job_id: str,
    group: Sequence[ArrivedSitemap],
    keys: Sequence[list[bytes]],
    stored: Mapping[bytes, StoredDocument],
) -> dict[bytes, _NewDocument]:
    """Return the documents that are stored under none of their keys, by digest."""
    new = dict[bytes, _NewDocument]()
    for each, several in zip(group, keys, strict=True):
        if each.document is None or any(key in stored or key in new for key in several):
            continue
        row = document_store.build_row(tenant, job_id, each.sitemap, each.document.facts)
        new[row.digest] = _NewDocument(row, each.document)
    return new


async def _insert_documents(
    session: AsyncSession, new: Mapping[bytes, _NewDocument]
) -> dict[bytes, StoredDocument]:
    """Insert documents with their rows, unless another process does; return those that were inserted."""
    # In one order, so that two transactions with the same documents do not wait for each other.
    ids = await insert_new(
        session, Document, [dict(new[digest].row.values) for digest in sorted(new)], "digest"
    )
    entries, children = list[Part[EntryColumns]](), list[Part[Sequence[Child]]]()
    for digest, id_ in ids.items():
        next_entry = next_child = 1
        for batch in new[digest].content.batches:
            entries.append(Part(id_, next_entry, batch.entries))
            children.append(Part(id_, next_child, batch.children))
            next_entry, next_child = next_entry + len(batch.entries), next_child + len(batch.children)
    await bulk_insert.insert_entries(session, entries)
    await bulk_insert.insert_children(session, children)
    await document_problems.record_problems_of_documents(
        session,
        ((id_, batch.problems) for digest, id_ in ids.items() for batch in new[digest].content.batches),
    )
    return {
        digest: StoredDocument(id_, **{name: new[digest].row.values[name] for name in FACTS})
        for digest, id_ in ids.items()
    }


async def _build_result(
    session: AsyncSession, arrived: ArrivedSitemap, document: StoredDocument | None, *, is_new: bool
) -> StoreResult:
    """Return the result for one sitemap, with what to follow unless that was known when it arrived."""
    followed: Sequence[Child] = ()
    if document is not None and not arrived.is_finished:
        followed = await document_store.list_followed(session, document, arrived.sitemap)
    fault = arrived.document.facts.fault if is_new and arrived.document is not None else None
    return StoreResult(document, not is_new, followed, fault)
