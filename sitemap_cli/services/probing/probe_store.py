"""Record probed pages, and find the pages that are still to be probed."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from operator import itemgetter

import msgspec
from sqlalchemy import except_, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl import targets
from sitemap_cli.crawl.pages.probed_page import LISTED, REMOVED, ListedPage, ProbedPage
from sitemap_cli.crawl.pages.sampling import EntryPosition
from sitemap_cli.errors import NotFoundError, UsageError
from sitemap_cli.model.page_results import Sample
from sitemap_cli.services.recording import job_choice, job_history, job_sitemaps, jobs
from sitemap_cli.services.shared import url_keys
from sitemap_cli.services.shared.document_urls import select_locs
from sitemap_cli.services.shared.entry_packing import LOC
from sitemap_cli.services.shared.packed_documents import list_packed, load_columns
from sitemap_cli.services.shared.scoped_entries import find_positions_below
from sitemap_cli.storage.insert_ignore import insert_all_or_ignore
from sitemap_cli.storage.models import Job, Probe, Sitemap, entries
from sitemap_cli.urls import canonical_domain, textual_origin

MAX_REMOVED = 50

_ENTRY = entries.c


@dataclass(frozen=True, slots=True)
class SampleSize:
    """The size of a sample: a number of pages or a share of them; all pages if neither is given.

    ``is_default`` says that the user gave no size, so that all pages of a local build are read.
    """

    pages: int | None = None
    share: float | None = None
    is_default: bool = field(default=False, compare=False)

    @property
    def is_all(self) -> bool:
        """Whether every page is probed."""
        return self.pages is None and self.share is None

    @property
    def text(self) -> str:
        """The size as users write it: ``200``, ``5%`` or ``all``."""
        if self.share is not None:
            return f"{self.share * 100:g}%"
        return "all" if self.pages is None else str(self.pages)

    def resolve(self, total: int) -> int:
        """Return the number of pages to probe out of a total number of entries."""
        if self.share is not None:
            return min(total, math.ceil(total * self.share))
        return total if self.pages is None else min(total, self.pages)


@dataclass(frozen=True, slots=True)
class ProbeTarget:
    """The job whose pages are probed, and the number of entries of each of its documents.

    ``start_url`` is a URL of the site that the user's own headers are sent to, ``home_page`` its home page.
    ``positions`` are those of the entries to choose from, if only a part of the site is probed.
    """

    job_id: str
    domain_id: int
    domain: str
    start_url: str
    home_page: str
    documents: Mapping[int, int]
    positions: Mapping[int, Sequence[int]] | None = None

    @property
    def entry_count(self) -> int:
        """The number of entries of the job; repeated URLs count each time."""
        return sum(self.documents.values())


async def find_probe_target(
    session: AsyncSession,
    tenant: str,
    domain: str | None,
    job_id: str | None,
    base_url: str | None = None,
) -> ProbeTarget:
    """Return the named job, or the last job of the domain or local build that recorded something.

    Raises:
        UsageError: neither is named.
        NotFoundError: the job does not exist or belongs to another domain, no job recorded anything, or the
            job lists no page below the path.
    """
    chosen = await job_choice.choose_job(session, tenant, domain, job_id, base_url)
    job, name = chosen.job, chosen.domain
    start_url = _find_start_url(job.target, name)
    home_page = await _find_home_page(session, job.id) or textual_origin(start_url)
    documents = await job_sitemaps.count_entries_by_document(session, job.id)
    positions = None
    if chosen.scope is not None:
        positions = await find_positions_below(session, documents, chosen.scope)
        documents = {document: len(positions[document]) for document in documents if document in positions}
        if not documents:
            raise NotFoundError("no page to request", where=domain, why=chosen.nothing_below)
    return ProbeTarget(job.id, job.domain_id, name, start_url, home_page, documents, positions)


async def load_pages(session: AsyncSession, picks: Sequence[EntryPosition]) -> list[ListedPage]:
    """Return the pages of the picked entries, in the same order."""
    wanted = defaultdict[int, list[int]](list)
    for document, position in picks:
        wanted[document].append(position)
    found = dict[tuple[int, int], str]()
    for document, positions in wanted.items():
        query = select(_ENTRY.position, _ENTRY.loc).where(
            _ENTRY.document_id == document, _ENTRY.position.in_(positions)
        )
        rows = {row.position: row.loc for row in await session.execute(query)}
        if len(rows) < len(set(positions)):
            rows = await _load_packed_pages(session, document, positions)
        found |= {(document, position): loc for position, loc in rows.items()}
    return [ListedPage(found[pick], *pick) for pick in picks if pick in found]


async def _load_packed_pages(
    session: AsyncSession, document: int, positions: Collection[int]
) -> dict[int, str]:
    """Return URLs of a document that was packed while its pages are probed; none if it was removed."""
    with suppress(NotFoundError):
        locs = (await load_columns(session, document))[LOC]
        return {position: locs[position - 1] for position in positions if position <= len(locs)}
    return {}


async def list_unprobed_pages(
    session: AsyncSession, job_id: str, pages: Iterable[ListedPage]
) -> list[ListedPage]:
    """Return those pages that were not probed yet, without duplicates."""
    by_key = dict[bytes, ListedPage]()
    for each in pages:
        by_key.setdefault(each.key, each)
    query = select(Probe.key).where(Probe.job_id == job_id, Probe.key.in_(list(by_key)))
    for key in await session.scalars(query):
        del by_key[key]
    return list(by_key.values())


async def list_removed_pages(session: AsyncSession, tenant: str, target: ProbeTarget) -> list[ListedPage]:
    """Return some pages that this job does not list, but the job that a check compares with."""
    job, _ = await jobs.find_job(session, tenant, target.job_id)
    previous = await job_history.find_reference_job(session, job)
    then = set(await job_sitemaps.count_entries_by_document(session, previous.id)) if previous else set[int]()
    now = set(await job_sitemaps.count_entries_by_document(session, job.id))
    if not then - now:
        return []
    if await url_keys.list_respelled_documents(session, now | then) or await list_packed(session, now | then):
        return await _list_removed_by_identity(session, then - now, now)
    removed = except_(select_locs("then"), select_locs("now")).subquery()
    query = select(removed.c.loc).order_by(removed.c.loc).limit(MAX_REMOVED)
    rows = await session.scalars(query, {"then": sorted(then - now), "now": sorted(now)})
    return [ListedPage(loc, role=REMOVED) for loc in rows]


async def _list_removed_by_identity(session: AsyncSession, then: set[int], now: set[int]) -> list[ListedPage]:
    """Return some URLs that only the first of two sets of documents lists, in whichever spelling."""
    keys = await url_keys.load_keys(session, then)
    removed = keys.subtract(await url_keys.load_keys(session, now))
    found = dict[int, str]()
    async for page in url_keys.load_locs(session, then if removed.count() else ()):
        spellings = ((url_keys.make_key(loc), loc) for loc in reversed(page.locs))
        found = {key: loc for key, loc in spellings if removed.has_key(key)} | found
        found = dict(sorted(found.items(), key=itemgetter(1))[:MAX_REMOVED])
    return [ListedPage(loc, role=REMOVED) for loc in found.values()]


async def record_probes(session: AsyncSession, job_id: str, probed: Collection[ProbedPage]) -> None:
    """Record probed pages; a page that was recorded before is not changed."""
    rows = [{"job_id": job_id, **msgspec.structs.asdict(each)} for each in probed]
    await insert_all_or_ignore(session, Probe, rows)


async def record_sample(session: AsyncSession, job_id: str, sample: Sample) -> None:
    """Record how the pages were chosen, unless all pages were probed before."""
    known = await session.scalar(select(Job.sample).where(Job.id == job_id))
    if known is not None and known["whole"]:
        return
    await session.execute(update(Job).where(Job.id == job_id).values(sample=msgspec.to_builtins(sample)))


async def count_probed_pages(session: AsyncSession, job_id: str) -> int:
    """Return the number of listed pages of a job that were probed."""
    query = select(func.count()).where(Probe.job_id == job_id, Probe.role == LISTED)
    return await session.scalar(query) or 0


def _find_start_url(target: str, domain: str) -> str:
    """Return the URL at which a job started; for a local build, the root of its domain."""
    with suppress(UsageError):
        parsed = targets.parse_target(target, local=False)
        if canonical_domain(parsed.domain) == canonical_domain(domain):
            return parsed.urls[0]
    return f"https://{domain}/"


async def _find_home_page(session: AsyncSession, job_id: str) -> str | None:
    """Return the root URL of the site that serves the sitemaps of a job."""
    query = select(Sitemap.final_url).where(Sitemap.job_id == job_id, Sitemap.document_id.is_not(None))
    found = await session.scalar(query.order_by(Sitemap.id).limit(1))
    return textual_origin(found) if found else None
