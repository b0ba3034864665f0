"""Build the facts of probed pages for the rules."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import Row, Select, and_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.probed_pages import (
    DIRT_RULES,
    PROBLEMS,
    Canonical,
    PageFact,
    ProbeTotals,
    Share,
    list_problems,
)
from sitemap_cli.audit.response_times import DEFAULT_SLOW
from sitemap_cli.audit.robots_blocks import find_block
from sitemap_cli.crawl.pages.confidence import Stratum, estimate_rate
from sitemap_cli.crawl.pages.probed_page import LISTED, ProbedPage
from sitemap_cli.services.checking.common_responses import CommonResponses, find_common_responses
from sitemap_cli.services.checking.fact import FactSource, fact
from sitemap_cli.services.checking.known_probes import PER_QUERY, KnownProbes, load_placed_probes
from sitemap_cli.services.checking.time_collector import TimeCollector
from sitemap_cli.services.recording import job_history
from sitemap_cli.services.shared.packed_documents import Place, load_packed_lastmods
from sitemap_cli.storage import models
from sitemap_cli.storage.models import Job, Probe, entries

BATCH = 500
"""Number of pages to load at a time."""

ProbeRow = Row[*tuple[Any, ...]]
"""A row of :func:`select_probes`."""

NOTHING = CommonResponses()

_ENTRY = entries.c
_decode = msgspec.json.Decoder().decode


async def load_compared_pages(
    session: AsyncSession, job: Job, site: SiteFact, known: KnownProbes | None = None
) -> AsyncIterator[list[PageFact]]:
    """Yield the probed listed pages of a job as the search engine sees them, with those of ``known``.

    A page whose content has not changed since a previous probed job has the lastmod that it had then.
    """
    if job.sample is None and not (known and known.places):
        return
    sitemaps, common = map_sitemap_urls(site), await find_common_responses(session, job.id, known)
    places = sorted(known.places.items(), key=lambda each: each[1]) if known else []
    for first in range(0, len(places), PER_QUERY):
        placed = await load_placed_probes(session, dict(places[first : first + PER_QUERY]))
        pages = [build_page_fact(row, sitemaps, entry=entry) for row, entry in placed]
        yield [view_page(page, site, common) for page in pages]
    if job.sample is None:
        return
    previous = await _find_previous_probed_id(session, job)
    async for rows in _load_rows(session, job.id):
        lastmods = await _load_unchanged_lastmods(session, previous, rows) if previous else {}
        pages = [build_page_fact(row, sitemaps, lastmods.get(row.key)) for row in rows]
        yield [view_page(page, site, common) for page in pages]


def view_page(page: PageFact, site: SiteFact, common: CommonResponses = NOTHING) -> PageFact:
    """Return a page as the search engine sees it, with what robots.txt says about it if that matters.

    ``common`` is what all pages have in common.
    """
    page = page.narrow_to_engine(site.engine)
    if common.is_refusing:
        return replace(page, is_site_refusing=True)
    if common.is_deployment(page.last_modified):
        page = replace(page, is_deployed=True)
    if not site.permissions or not (page.noindex or page.hops or page.other_canonicals):
        return page
    return replace(page, block=find_block(site, page.loc))


async def _load_rows(session: AsyncSession, job_id: str) -> AsyncIterator[Sequence[ProbeRow]]:
    """Yield the rows of the probed listed pages of a job, in document order."""
    place = tuple_(Probe.document_id, Probe.position)
    query = (
        select_probes(job_id)
        .where(Probe.role == LISTED)
        .order_by(Probe.document_id, Probe.position)
        .limit(BATCH)
    )
    last: tuple[int, int] | None = None
    while True:
        rows = (await session.execute(query if last is None else query.where(place > last))).all()
        if rows:
            yield rows
        if len(rows) < BATCH:
            return
        last = (rows[-1].document_id, rows[-1].position)


class Tally:
    """Counts the problems of the pages of a job; ``slow`` is the limit of their times in seconds."""

    def __init__(self, job: Job, sizes: Mapping[int, int], slow: float = DEFAULT_SLOW) -> None:
        self._job = job
        self._sizes = sizes
        self._counts = defaultdict[int, Counter[str]](Counter)
        self._times = TimeCollector(round(slow * 1000))

    def count_page(self, page: PageFact) -> list[str]:
        """Count a page, unless a bot wall hides its response, and return its problems."""
        found = list_problems(page)
        self._times.add(page)
        if page.was_requested and not (page.is_blocked or page.is_refused):
            dirt = ["dirt"] if not DIRT_RULES.isdisjoint(found) else []
            self._counts[page.document_id].update(("asked", *found, *dirt))
        return found

    def summarize(self) -> ProbeTotals:
        """Return the totals over all counted pages."""
        asked = sum(each["asked"] for each in self._counts.values())
        shares = {name: self._estimate_share(name, asked) for name in PROBLEMS}
        of, whole = self._job.unique_urls or sum(self._sizes.values()), is_fully_probed(self._job)
        dirt = self._estimate_share("dirt", asked)
        return ProbeTotals(asked, of, whole, dirt, shares, self._times.summarize())

    def _estimate_share(self, name: str, asked: int) -> Share:
        counts = self._counts
        hits = sum(each[name] for each in counts.values())
        if is_fully_probed(self._job) and asked:
            return Share(hits, hits / asked, hits / asked, hits / asked)
        strata = (Stratum(size, counts[at]["asked"], counts[at][name]) for at, size in self._sizes.items())
        found = estimate_rate(list(strata))
        return Share(hits, found.rate, found.low, found.high)


@fact("probe_totals")
async def gather_probe_totals(session: AsyncSession, source: FactSource) -> ProbeTotals | None:
    """Return the totals of the probed pages of a job; None if no page was probed."""
    job, site = source.job, source.site
    if not site.is_probed or source.build is not None:
        return None
    tally = Tally(job, count_entries(site), site.slow)
    async for found in load_compared_pages(session, job, site, source.probes):
        for page in found:
            tally.count_page(page)
    return tally.summarize()


def is_fully_probed(job: Job) -> bool:
    """Return whether all pages of a job were probed."""
    return bool(job.sample and job.sample["whole"])


def count_entries(site: SiteFact) -> dict[int, int]:
    """Return the number of entries of each document of a site, by document id."""
    return {document: each.urls for document, each in site.sitemaps_by_document.items() if each.urls}


def select_probes(job_id: str) -> Select[*tuple[Any, ...]]:
    """Return a SELECT of the probed pages of a job, with line, lastmod and extensions of their entries."""
    entry = and_(_ENTRY.document_id == Probe.document_id, _ENTRY.position == Probe.position)
    columns = (*models.table_of(Probe).c, _ENTRY.line, _ENTRY.lastmod, _ENTRY.extensions)
    query = select(*columns).select_from(Probe).outerjoin(entries, entry)
    return query.where(Probe.job_id == job_id)


def build_page_fact(
    probe: ProbeRow | ProbedPage,
    sitemaps: Mapping[int, str],
    lastmod_of_same_content: str | None = None,
    *,
    entry: ProbeRow | None = None,
) -> PageFact:
    """Build the fact of a page from its row; ``entry`` is that of its entry, unless the row contains it."""
    found: Any = probe if entry is None else entry
    entry = found
    return PageFact(
        loc=probe.loc,
        document_id=entry.document_id or 0,
        position=entry.position or 0,
        first_byte_ms=probe.first_byte_ms,
        refresh=probe.refresh,
        sitemap=sitemaps.get(entry.document_id or 0),
        line=entry.line,
        role=probe.role,
        status_code=probe.status_code,
        error=probe.error,
        error_message=probe.error_message,
        final_url=probe.final_url,
        hops=tuple((url, code) for url, code in probe.hops or ()),
        content_type=probe.content_type,
        title=probe.title,
        noindex=probe.noindex,
        noindex_for=tuple(probe.noindex_for or ()),
        canonicals=tuple(Canonical(each["href"], each["by"]) for each in probe.canonicals or ()),
        alternates=probe.alternates or {},
        last_modified=probe.last_modified,
        soft_404=probe.soft_404,
        requested_at=probe.asked_at.timestamp(),
        lastmod=entry.lastmod,
        versions=_decode_versions(entry.extensions),
        lastmod_of_same_content=lastmod_of_same_content,
    )


def map_sitemap_urls(site: SiteFact) -> Mapping[int, str]:
    """Return the URL of the first sitemap with each document, by document id."""
    return {document: each.url for document, each in site.sitemaps_by_document.items()}


async def _find_previous_probed_id(session: AsyncSession, job: Job) -> str | None:
    """Return the id of the newest previous job over the same target whose pages were probed."""
    found: str | None = await session.scalar(
        job_history.select_previous_jobs(job, Job.id).where(Job.sample.is_not(None)).limit(1)
    )
    return found


async def _load_unchanged_lastmods(
    session: AsyncSession, previous: str, probes: Sequence[ProbeRow]
) -> dict[bytes, str]:
    """Return the lastmods in a previous job of the pages whose content is the same, by page key."""
    digests = {each.key: each.digest for each in probes if each.digest is not None}
    entry = and_(_ENTRY.document_id == Probe.document_id, _ENTRY.position == Probe.position)
    columns = (Probe.key, Probe.digest, Probe.document_id, Probe.position, _ENTRY.position, _ENTRY.lastmod)
    query = select(*columns).outerjoin(entries, entry)
    query = query.where(Probe.job_id == previous, Probe.key.in_(list(digests)))
    lastmods, packed = dict[bytes, str | None](), dict[bytes, Place]()
    for key, digest, document, position, stored, lastmod in await session.execute(query):
        if digests[key] == digest and stored is not None:
            lastmods[key] = lastmod
        elif digests[key] == digest and document and position:
            packed[key] = Place(document, position)
    unpacked = await load_packed_lastmods(session, packed.values())
    lastmods |= {key: unpacked.get(place) for key, place in packed.items()}
    return {key: lastmod for key, lastmod in lastmods.items() if lastmod is not None}


def _decode_versions(extensions: str | None) -> Mapping[str, str]:
    """Return the URLs of the language versions of an entry, by language."""
    alternates: Iterable[Any] = _decode(extensions).get("alternates", ()) if extensions else ()
    pairs = ((each.get("hreflang"), each.get("href")) for each in alternates if isinstance(each, dict))
    return {language: href for language, href in pairs if isinstance(language, str) and isinstance(href, str)}
