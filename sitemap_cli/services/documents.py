"""Records what a sitemap brought: the facts of its fetch, and its document unless that is known already."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, case, delete, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli import credentials
from sitemap_cli.model import Child, Entry, Item, Kind, Severity
from sitemap_cli.model import Problem as ProblemValue
from sitemap_cli.parse.problems import LOSING
from sitemap_cli.services import history, secrets
from sitemap_cli.services.sitemap import Sitemap
from sitemap_cli.services.verdicts import Answer
from sitemap_cli.storage import bulk, models
from sitemap_cli.storage.models import Document, Problem
from sitemap_cli.storage.upsert import insert_missing

DAY = 86_400

# These run for every document: built once, and past the bookkeeping of the ORM, they cost half.
_ADD = insert(models.table(models.Sitemap)).returning(models.table(models.Sitemap).c.id)
_FILL = update(models.table(Document)).where(models.table(Document).c.id == bindparam("filled"))


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one sitemap: how many URLs it added to the job, and what it says to the verdict."""

    urls: int
    answer: Answer


async def record(session: AsyncSession, tenant: str, job_id: str, sitemap: Sitemap) -> Recorded:
    """Record one fetched sitemap of a job, all of it in the caller's transaction."""
    document, known = await _document(session, tenant, job_id, sitemap) if sitemap.readable else (None, False)
    reason, message = await _failure(session, sitemap, document)
    unchanged = document is not None and known and await _is_unchanged(session, job_id, sitemap, document)
    row = {**_facts(job_id, sitemap, document), "error": reason, "error_message": message}
    row_id = (await session.execute(_ADD, {**row, "unchanged": unchanged})).scalar_one()
    if sitemap.held is None:
        await _add_problems(session, sitemap.fetched.problems, sitemap_id=row_id)
    else:
        await _repeat_problems(session, sitemap.held.sitemap_id, row_id)
    return Recorded(row["urls"], sitemap.answer(urls=row["urls"], reason=reason))


async def record_unread(session: AsyncSession, job_id: str, sitemaps: Iterable[Sitemap]) -> list[Recorded]:
    """Record sitemaps that brought nothing but a reason, all of them in the caller's transaction."""
    rows, recorded = [], []
    for sitemap in sitemaps:
        reason, message = await _failure(session, sitemap, None)
        rows.append(
            {**_facts(job_id, sitemap, None), "error": reason, "error_message": message, "unchanged": False}
        )
        recorded.append(Recorded(0, sitemap.answer(reason=reason)))
    await session.execute(insert(models.Sitemap), rows)
    return recorded


def is_unread(sitemap: Sitemap) -> bool:
    """Whether there is nothing to record but why: most often, an address that was never asked."""
    fetched = sitemap.fetched
    silent = fetched.status_code is None and fetched.body is None
    return silent and sitemap.held is None and not fetched.problems


def _facts(job_id: str, sitemap: Sitemap, document: Document | None) -> dict[str, Any]:
    """What a row says of a fetch; how that ended is not among it."""
    found, fetched, held = sitemap.found, sitemap.fetched, sitemap.held
    return {
        "job_id": job_id,
        "document_id": document.id if document else None,
        "parent": found.parent,
        "ordinal": found.ordinal,
        "url": found.url,
        "final_url": fetched.final_url,
        "discovered_by": found.discovered_by,
        "kind": sitemap.kind,
        "status_code": fetched.status_code,
        "bytes": held.bytes if held else fetched.bytes,
        "wire_bytes": fetched.wire_bytes,
        "urls": document.urls if document else 0,
        "children": document.children if document else 0,
        "problems": held.problems if held else (document.problems if document else 0) + len(fetched.problems),
        "etag": fetched.etag or (held.validators.etag if held else None),
        "last_modified": fetched.last_modified or (held.validators.last_modified if held else None),
        "content_type": fetched.content_type,
        "content_encoding": fetched.content_encoding,
        "encoding": document.encoding if document else None,
        "generator": document.generator if document else None,
        "hops": [[hop.url, hop.status_code] for hop in fetched.hops],
        "attempts": fetched.attempts,
        "ms": fetched.ms,
        "fetched_at": dt.datetime.now(dt.UTC),
    }


async def _is_unchanged(session: AsyncSession, job_id: str, sitemap: Sitemap, document: Document) -> bool:
    """Whether an earlier job got the same document from the same address."""
    if sitemap.held is not None:
        return True
    row = models.Sitemap
    same = (row.document_id == document.id, row.url == sitemap.found.url, row.job_id != job_id)
    return await session.scalar(select(row.id).where(*same).limit(1)) is not None


async def _document(
    session: AsyncSession, tenant: str, job_id: str, sitemap: Sitemap
) -> tuple[Document | None, bool]:
    """The document that is held, or that of a body, read into rows when new; and whether it was known."""
    if sitemap.held is not None:
        held = await session.get(Document, sitemap.held.document_id)
        if held is not None:
            await _list_again(session, held, sitemap)
        return held, True
    known = await _known(session, tenant, sitemap)
    if known is None:
        document_id = await insert_missing(session, Document, _blank(tenant, sitemap))
        # Another process may have recorded the same body between the look and the insert. If its reading
        # gave the body another digest, our insert did not give way, and the row is one too many.
        known = await _known(session, tenant, sitemap, besides=document_id)
        if known is None:
            assert document_id is not None  # noqa: S101 - the insert gave way to nothing
            return await _fill(session, job_id, document_id, sitemap), False
        if document_id is not None:
            await session.execute(delete(Document).where(Document.id == document_id))
    await _list_again(session, known, sitemap)
    return known, True


async def _known(
    session: AsyncSession, tenant: str, sitemap: Sitemap, *, besides: int | None = None
) -> Document | None:
    """The document of a body, under any digest that its reading may have given it."""
    query = select(Document).where(Document.tenant == tenant, Document.digest.in_(_digests(sitemap)))
    if besides is not None:
        query = query.where(Document.id != besides)
    return (await session.scalars(query.order_by(Document.complete.desc(), Document.id).limit(1))).first()


def _digests(sitemap: Sitemap) -> list[bytes]:
    """Those under which others may have kept what this body would be read as."""
    plain = [sitemap.fetched.digest or b"", _bound(sitemap)]
    fault = sitemap.fetched.fault
    return plain if fault is None else [*plain, *(_derived(each, fault.reason) for each in plain)]


def _digest(sitemap: Sitemap, job_id: str, *, relative: bool, complete: bool) -> bytes:
    """The one under which to keep a body that was read: its own only if all would make the same of it."""
    digest = _bound(sitemap) if relative else sitemap.fetched.digest or b""
    if sitemap.patience.fault is not None:
        # Whoever has more time shall read this body again, and not be given what we made of it.
        return _derived(digest, f"{job_id} {sitemap.found.url}")
    if sitemap.fetched.fault is not None and not complete:
        # Whoever is sent the same bytes and told that they are all shall not be given what we left out.
        return _derived(digest, sitemap.fetched.fault.reason)
    return digest


def _bound(sitemap: Sitemap) -> bytes:
    """The digest of a body whose relative addresses mean something else at every address it is served at."""
    return _derived(sitemap.fetched.digest or b"", sitemap.fetched.final_url)


def _derived(digest: bytes, text: str) -> bytes:
    return hashlib.sha256(digest + text.encode()).digest()


def _blank(tenant: str, sitemap: Sitemap) -> dict[str, Any]:
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


async def _fill(session: AsyncSession, job_id: str, document_id: int, sitemap: Sitemap) -> Document:
    """Read the body into rows of the document."""
    urls = children = told = 0
    relative = False
    days: Counter[int | str] = Counter()
    for batch in sitemap.batches():
        bare = secrets.left_out(batch)
        told += len(bare) - len(batch)
        entries, listed, problems = _sorted(bare)
        await bulk.insert_entries(session, document_id, urls + 1, entries)
        await bulk.insert_children(session, document_id, children + 1, listed)
        await _add_problems(session, problems, document_id=document_id)
        _count_days(days, entries)
        urls, children = urls + len(entries), children + len(listed)
        relative = relative or any(each.code == "loc-relative" for each in problems)
    reading = sitemap.reading
    assert reading is not None  # noqa: S101 - a readable sitemap has a body
    values = {
        "digest": _digest(sitemap, job_id, relative=relative, complete=reading.complete),
        "complete": reading.complete,
        "encoding": reading.encoding,
        "generator": reading.generator,
        "urls": urls,
        "children": children,
        "problems": reading.problems + told,
        "days": {str(day): count for day, count in days.items()},
    }
    await session.execute(_FILL, {**values, "filled": document_id})
    return Document(id=document_id, **values)


def _count_days(days: Counter[int | str], entries: list[Entry]) -> None:
    """Count entries by the day of their lastmod, or by why they have none."""
    dated = [moment // DAY for each in entries if (moment := each.lastmod_utc) is not None]
    days.update(dated)
    if len(dated) < len(entries):
        missing = sum(each.lastmod is None for each in entries)
        days.update({"missing": missing, "invalid": len(entries) - len(dated) - missing})


def _sorted(batch: list[Item]) -> tuple[list[Entry], list[Child], list[ProblemValue]]:
    entries = [each for each in batch if isinstance(each, Entry)]
    if len(entries) == len(batch):
        return entries, [], []
    listed = [each for each in batch if isinstance(each, Child)]
    return entries, listed, [each for each in batch if isinstance(each, ProblemValue)]


async def _add_problems(session: AsyncSession, problems: Iterable[ProblemValue], **owner: int) -> None:
    rows = [
        {
            **owner,
            "code": each.code,
            "severity": each.severity,
            "message": credentials.left_out(each.message),
            "line": each.line,
            "column": each.column,
            "offset": each.offset,
        }
        for each in problems
    ]
    if rows:
        await session.execute(insert(Problem), rows)


async def _repeat_problems(session: AsyncSession, before: int, now: int) -> None:
    """Note again what was odd about a body when it was sent."""
    copied = ("code", "severity", "message", "line", "column", "offset")
    columns = [getattr(Problem, name) for name in copied]
    old = select(literal(now), *columns).where(Problem.sitemap_id == before).order_by(Problem.id)
    await session.execute(insert(Problem).from_select(["sitemap_id", *copied], old))


async def _list_again(session: AsyncSession, document: Document, sitemap: Sitemap) -> None:
    """Note the sitemaps that a known document lists; the crawler reads those of an index itself."""
    if document.children and sitemap.kind is not Kind.INDEX:
        sitemap.listed = await history.listed(session, document.id)


async def _failure(
    session: AsyncSession, sitemap: Sitemap, document: Document | None
) -> tuple[str | None, str | None]:
    """Why a sitemap was not wholly read: the fetch's fault, else the first error that lost something."""
    if sitemap.error is not None:
        return sitemap.error.reason, sitemap.error.message
    if document is None and sitemap.held is not None:
        return (
            "document-gone",
            "unchanged, but what an earlier run read was removed meanwhile; --refresh reads it",
        )
    if document is None or document.complete:
        return None, None
    query = (
        select(Problem.code, Problem.message)
        .where(Problem.document_id == document.id, Problem.severity == Severity.ERROR)
        .order_by(case((Problem.code.in_(LOSING), 0), else_=1), Problem.id)
        .limit(1)
    )
    first = (await session.execute(query)).one_or_none()
    return (first.code, first.message) if first else ("incomplete", "something was left out")
