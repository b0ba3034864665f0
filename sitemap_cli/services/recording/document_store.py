"""Keeps the content of bodies: each is one document, read into rows once, whoever brings it."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl import entry_redaction
from sitemap_cli.crawl.fetched_sitemap import Sitemap
from sitemap_cli.model.values import Child, Entry, Item, Kind, Problem
from sitemap_cli.parse.element_order import Disorder
from sitemap_cli.services.recording import content_keys, document_problems, validators
from sitemap_cli.storage import bulk, models
from sitemap_cli.storage.insert_ignore import insert_missing
from sitemap_cli.storage.models import Document

DAY = 86_400
FACTS = ("complete", "urls", "children", "problems", "encoding", "generator")


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """What the database says of a document."""

    id: int
    complete: bool
    urls: int
    children: int
    problems: int
    encoding: str | None
    generator: str | None


_DOCUMENTS = models.table(Document)
_DOCUMENT = _DOCUMENTS.c

# These run for every document: built once, and past the bookkeeping of the ORM, they cost half.
_FILL = update(_DOCUMENTS).where(_DOCUMENT.id == bindparam("filled"))
_OF: Select[Any] = select(_DOCUMENT.id, *(_DOCUMENT[name] for name in FACTS))
_HELD = _OF.where(_DOCUMENT.id == bindparam("document"))
_KNOWN = (
    _OF.where(_DOCUMENT.tenant == bindparam("tenant"))
    .where(_DOCUMENT.digest.in_(bindparam("digests", expanding=True)), _DOCUMENT.id != bindparam("besides"))
    .order_by(_DOCUMENT.complete.desc(), _DOCUMENT.id)
    .limit(1)
)


async def store_document(
    session: AsyncSession, tenant: str, job_id: str, sitemap: Sitemap
) -> tuple[StoredDocument | None, bool]:
    """The document that is held, or that of a body, read into rows when new; and whether it was known."""
    if sitemap.held is not None:
        row = (await session.execute(_HELD, {"document": sitemap.held.document_id})).one_or_none()
        kept, known = StoredDocument(*row) if row else None, True
    else:
        kept, known = await _store_body(session, tenant, job_id, sitemap)
    if known and kept is not None and kept.children and sitemap.kind is not Kind.INDEX:
        # The crawler reads the sitemaps that an index lists itself.
        sitemap.listed = await validators.load_children(session, kept.id)
    return kept, known


async def _store_body(
    session: AsyncSession, tenant: str, job_id: str, sitemap: Sitemap
) -> tuple[StoredDocument, bool]:
    known = await _find_by_digest(session, tenant, sitemap)
    if known is None:
        document_id = await insert_missing(session, Document, _build_placeholder(tenant, sitemap))
        if document_id is not None:
            return await _store_rows(session, tenant, job_id, document_id, sitemap)
        # Another process has recorded the same body since we looked.
        known = await _find_by_digest(session, tenant, sitemap)
        assert known is not None  # noqa: S101 - the insert gave way to it
    return known, True


async def _find_by_digest(
    session: AsyncSession, tenant: str, sitemap: Sitemap, *, besides: int = 0
) -> StoredDocument | None:
    """The document of a body, under any digest that its reading may have given it."""
    which = {"tenant": tenant, "digests": content_keys.build_candidate_keys(sitemap), "besides": besides}
    row = (await session.execute(_KNOWN, which)).one_or_none()
    return StoredDocument(*row) if row else None


async def _store_rows(
    session: AsyncSession, tenant: str, job_id: str, document_id: int, sitemap: Sitemap
) -> tuple[StoredDocument, bool]:
    """Read a body into rows of its document, which is known if another process did so meanwhile."""
    urls = children = told = 0
    relative = False
    days, extensions = Counter[int | str](), Counter[str]()
    for batch in sitemap.batches():
        bare = entry_redaction.left_out(batch)
        told += len(bare) - len(batch)
        entries, listed, odd = _split_by_type(bare)
        await bulk.insert_entries(session, document_id, urls + 1, entries)
        await bulk.insert_children(session, document_id, children + 1, listed)
        await document_problems.record_problems(session, odd, document_id=document_id)
        _count_days(days, entries)
        extensions.update(key for each in entries if each.extensions for key in each.extensions)
        urls, children = urls + len(entries), children + len(listed)
        relative = relative or any(each.code == "loc-relative" for each in odd)
    reading = sitemap.reading
    assert reading is not None  # noqa: S101 - a readable sitemap has a body
    values: dict[str, Any] = {
        "digest": content_keys.build_key(sitemap, job_id, relative=relative, complete=reading.complete),
        "complete": reading.complete,
        "encoding": reading.encoding,
        "generator": reading.generator,
        "urls": urls,
        "children": children,
        "problems": reading.problems + told,
        "days": {str(day): count for day, count in days.items()},
        "codes": dict(reading.codes),
        "extensions": dict(extensions),
        "disorder": _encode_disorder(reading.disorder),
    }
    if values["digest"] != sitemap.fetched.digest:
        # Our insert did not give way to another process's whose reading gave the body the same digest.
        other = await _find_by_digest(session, tenant, sitemap, besides=document_id)
        if other is not None:
            await session.execute(delete(Document).where(Document.id == document_id))
            return other, True
    await session.execute(_FILL, {**values, "filled": document_id})
    return StoredDocument(document_id, **{name: values[name] for name in FACTS}), False


def _build_placeholder(tenant: str, sitemap: Sitemap) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "digest": sitemap.fetched.digest or b"",
        "kind": sitemap.kind,
        "complete": False,
        "bytes": sitemap.fetched.bytes,
        "urls": 0,
        "children": 0,
        "problems": 0,
        "created_at": dt.datetime.now(dt.UTC),
    }


def _encode_disorder(found: Disorder) -> dict[str, Any] | None:
    if not found.entries:
        return None
    return {"entries": found.entries, "line": found.line, "message": found.message}


def _count_days(days: Counter[int | str], entries: list[Entry]) -> None:
    """Count entries by the day of their lastmod, or by why they have none."""
    dated = [moment // DAY for each in entries if (moment := each.lastmod_utc) is not None]
    days.update(dated)
    if len(dated) < len(entries):
        missing = sum(each.lastmod is None for each in entries)
        days.update({"missing": missing, "invalid": len(entries) - len(dated) - missing})


def _split_by_type(batch: list[Item]) -> tuple[list[Entry], list[Child], list[Problem]]:
    entries = [each for each in batch if isinstance(each, Entry)]
    if len(entries) == len(batch):
        return entries, [], []
    listed = [each for each in batch if isinstance(each, Child)]
    return entries, listed, [each for each in batch if isinstance(each, Problem)]
