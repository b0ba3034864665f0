"""What is kept of the pages that were asked, and which are still to be asked."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import except_, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl import targets
from sitemap_cli.crawl.pages.probed_page import LISTED, REMOVED, Listed, Probed
from sitemap_cli.crawl.pages.sampling import Pick
from sitemap_cli.errors import NotFoundError, UsageError
from sitemap_cli.services.recording import jobs, sitemap_rows, validators
from sitemap_cli.services.shared.document_urls import select_locs
from sitemap_cli.storage.insert_ignore import insert_all_missing
from sitemap_cli.storage.models import Job, Probe, Sitemap, entries
from sitemap_cli.urls import textual_origin

MAX_REMOVED = 50

_ENTRY = entries.c


@dataclass(frozen=True, slots=True)
class SampleSize:
    """How large a sample is to be: so many pages, or a share of them; all of them if neither is said."""

    pages: int | None = None
    share: float | None = None

    @property
    def is_all(self) -> bool:
        """Whether every page is to be asked."""
        return self.pages is None and self.share is None

    def resolve(self, entries: int) -> int:
        """How many that are of so many entries."""
        if self.share is not None:
            return min(entries, math.ceil(entries * self.share))
        return entries if self.pages is None else min(entries, self.pages)


@dataclass(frozen=True, slots=True)
class ProbeTarget:
    """The job whose pages are asked: whose it is, and how many entries each of its documents has.

    ``home`` is an address of the site that the user's own headers are for, ``front`` its home page.
    """

    job_id: str
    domain_id: int
    domain: str
    start_url: str
    home_page: str
    documents: Mapping[int, int]

    @property
    def entry_count(self) -> int:
        """All entries of the job, each as often as its documents list it."""
        return sum(self.documents.values())


async def find_probe_target(
    session: AsyncSession, tenant: str, domain: str | None, job_id: str | None
) -> ProbeTarget:
    """The job that is named, or else the last complete one of a domain.

    Raises:
        NotFoundError: there is no such job, no complete one, or it is not of this domain.
    """
    found = job_id or await jobs.find_latest_complete_id_by_name(session, tenant, domain or "")
    job, name = await jobs.find_job(session, tenant, found)
    if domain is not None and domain.strip().lower() != name:
        raise NotFoundError("not a job of this domain", where=found, why=f"it is one of {name}")
    home = _find_start_url(job.target, name)
    front = await _find_home_page(session, job.id) or textual_origin(home)
    return ProbeTarget(
        job.id,
        job.domain_id,
        name,
        home,
        front,
        await sitemap_rows.count_entries_by_document(session, job.id),
    )


async def load_pages(session: AsyncSession, picks: Sequence[Pick]) -> list[Listed]:
    """The pages that entries name, in the same order."""
    wanted = defaultdict[int, list[int]](list)
    for document, position in picks:
        wanted[document].append(position)
    found = dict[Pick, str]()
    for document, positions in wanted.items():
        query = select(_ENTRY.position, _ENTRY.loc).where(
            _ENTRY.document_id == document, _ENTRY.position.in_(positions)
        )
        found |= {(document, position): loc for position, loc in await session.execute(query)}
    return [Listed(found[pick], *pick) for pick in picks if pick in found]


async def list_unprobed_pages(session: AsyncSession, job_id: str, pages: Iterable[Listed]) -> list[Listed]:
    """Those pages of which nothing is kept, each once."""
    by_key = dict[bytes, Listed]()
    for each in pages:
        by_key.setdefault(each.key, each)
    query = select(Probe.key).where(Probe.job_id == job_id, Probe.key.in_(list(by_key)))
    for key in await session.scalars(query):
        del by_key[key]
    return list(by_key.values())


async def list_removed_pages(session: AsyncSession, tenant: str, this: ProbeTarget) -> list[Listed]:
    """Some pages that the complete job before this one listed, and this one does not."""
    job, _ = await jobs.find_job(session, tenant, this.job_id)
    earlier = await validators.find_previous_complete_id(session, job)
    then = set(await sitemap_rows.count_entries_by_document(session, earlier)) if earlier else set[int]()
    now = set(this.documents)
    if not then - now:
        return []
    gone = except_(select_locs("then"), select_locs("now")).subquery()
    query = select(gone.c.loc).order_by(gone.c.loc).limit(MAX_REMOVED)
    rows = await session.scalars(query, {"then": sorted(then - now), "now": sorted(now)})
    return [Listed(loc, role=REMOVED) for loc in rows]


async def record_probes(session: AsyncSession, job_id: str, probed: Collection[Probed]) -> None:
    """Record what pages answered; of one that is known nothing is changed."""
    rows = [{"job_id": job_id, **msgspec.structs.asdict(each)} for each in probed]
    await insert_all_missing(session, Probe, rows)


async def record_sample(session: AsyncSession, job_id: str, sample: Mapping[str, Any]) -> None:
    """Record how the pages were chosen, unless all of them are known already."""
    known = await session.scalar(select(Job.sample).where(Job.id == job_id))
    if known is not None and known["whole"]:
        return
    await session.execute(update(Job).where(Job.id == job_id).values(sample=dict(sample)))


async def count_probed_pages(session: AsyncSession, job_id: str) -> int:
    """How many pages that a job lists are known."""
    query = select(func.count()).where(Probe.job_id == job_id, Probe.role == LISTED)
    return await session.scalar(query) or 0


def _find_start_url(target: str, domain: str) -> str:
    """The address at which a job began; a local build is to be found at its domain."""
    with suppress(UsageError):
        understood = targets.parse(target, local=False)
        if understood.domain == domain:
            return understood.urls[0]
    return f"https://{domain}/"


async def _find_home_page(session: AsyncSession, job_id: str) -> str | None:
    """The root of the site that the sitemaps of a job lie on."""
    query = select(Sitemap.final_url).where(Sitemap.job_id == job_id, Sitemap.document_id.is_not(None))
    found = await session.scalar(query.order_by(Sitemap.id).limit(1))
    return textual_origin(found) if found else None
