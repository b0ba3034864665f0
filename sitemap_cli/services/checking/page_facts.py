"""Makes the facts of pages that rules judge by out of what was kept of them."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import Row, Select, and_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.probed_pages import DIRT_RULES, PROBLEMS, PageFact, ProbeTotals, Share, list_problems
from sitemap_cli.crawl.pages.confidence import Stratum, estimate_rate
from sitemap_cli.crawl.pages.probed_page import LISTED
from sitemap_cli.services.checking.fact import FactSource, fact
from sitemap_cli.services.recording import job_history
from sitemap_cli.storage import models
from sitemap_cli.storage.models import Job, Probe, entries

BATCH = 500
"""Pages that are read at a time."""

ProbeRow = Row[*tuple[Any, ...]]
"""A row of :func:`query_of`."""

_ENTRY = entries.c
_decode = msgspec.json.Decoder().decode


async def load_pages(
    session: AsyncSession, job_id: str, sitemaps: Mapping[int, str]
) -> AsyncIterator[list[tuple[ProbeRow, PageFact]]]:
    """Yield the listed pages of a job that are known, in the order of its documents, each with its row.

    ``sitemaps`` are the addresses of the files, by their documents.
    """
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
            yield [(row, build_page_fact(row, sitemaps)) for row in rows]
        if len(rows) < BATCH:
            return
        last = (rows[-1].document_id, rows[-1].position)


async def load_compared_pages(
    session: AsyncSession, job: Job, site: SiteFact
) -> AsyncIterator[list[PageFact]]:
    """The same of a job that is checked, as a search engine sees them, with what an earlier job knows."""
    if job.sample is None:
        return
    earlier = await _find_previous_probed_id(session, job)
    async for rows in load_pages(session, job.id, map_sitemap_urls(site)):
        known = await _load_unchanged_lastmods(session, earlier, [row for row, _ in rows]) if earlier else {}
        found = (
            replace(page, lastmod_of_same_content=known[row.key]) if row.key in known else page
            for row, page in rows
        )
        yield [page.narrow_to_engine(site.engine) for page in found]


class Tally:
    """Counts what is wrong with the pages of a job."""

    def __init__(self, job: Job, sizes: Mapping[int, int]) -> None:
        self._job = job
        self._sizes = sizes
        self._counts = defaultdict[int, Counter[str]](Counter)

    def count_page(self, page: PageFact) -> list[str]:
        """Count a page; return what is wrong with it."""
        found = list_problems(page)
        if page.was_requested:
            dirt = ["dirt"] if not DIRT_RULES.isdisjoint(found) else []
            self._counts[page.document_id].update(("asked", *found, *dirt))
        return found

    def summarize(self) -> ProbeTotals:
        """What the pages tell of the site."""
        asked = sum(each["asked"] for each in self._counts.values())
        shares = {name: self._estimate_share(name, asked) for name in PROBLEMS}
        of, whole = self._job.unique_urls or sum(self._sizes.values()), is_whole(self._job)
        return ProbeTotals(asked, of, whole, self._estimate_share("dirt", asked), shares)

    def _estimate_share(self, name: str, asked: int) -> Share:
        counts = self._counts
        hits = sum(each[name] for each in counts.values())
        if is_whole(self._job) and asked:
            return Share(hits, hits / asked, hits / asked, hits / asked)
        strata = (Stratum(size, counts[at]["asked"], counts[at][name]) for at, size in self._sizes.items())
        found = estimate_rate(list(strata))
        return Share(hits, found.rate, found.low, found.high)


@fact("probe_totals")
async def gather_probes(session: AsyncSession, source: FactSource) -> ProbeTotals | None:
    """What is known of the pages of a job; None if none was asked."""
    job, site = source.job, source.site
    if job.sample is None:
        return None
    tally = Tally(job, count_entries(site))
    async for found in load_compared_pages(session, job, site):
        for page in found:
            tally.count_page(page)
    return tally.summarize()


def is_whole(job: Job) -> bool:
    """Whether all pages of a job were asked."""
    return bool(job.sample and job.sample["whole"])


def count_entries(site: SiteFact) -> dict[int, int]:
    """How many entries each document of a site has."""
    return {document: each.urls for document, each in site.sitemaps_by_document.items() if each.urls}


def select_probes(job_id: str) -> Select[*tuple[Any, ...]]:
    """Selects the pages of a job that are known, each with the line and what else its entry says."""
    entry = and_(_ENTRY.document_id == Probe.document_id, _ENTRY.position == Probe.position)
    columns = (*models.table_of(Probe).c, _ENTRY.line, _ENTRY.lastmod, _ENTRY.extensions)
    query = select(*columns).select_from(Probe).outerjoin(entries, entry)
    return query.where(Probe.job_id == job_id)


def build_page_fact(probe: ProbeRow, sitemaps: Mapping[int, str]) -> PageFact:
    """What rules see of a row and its entry."""
    return PageFact(
        loc=probe.loc,
        document_id=probe.document_id or 0,
        sitemap=sitemaps.get(probe.document_id or 0),
        line=probe.line,
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
        canonicals=tuple((each["href"], each["by"]) for each in probe.canonicals or ()),
        alternates=probe.alternates or {},
        last_modified=probe.last_modified,
        soft_404=probe.soft_404,
        requested_at=probe.asked_at.timestamp(),
        lastmod=probe.lastmod,
        versions=_decode_versions(probe.extensions),
    )


def map_sitemap_urls(site: SiteFact) -> Mapping[int, str]:
    """The address of the first sitemap with each document."""
    return {document: each.url for document, each in site.sitemaps_by_document.items()}


async def _find_previous_probed_id(session: AsyncSession, job: Job) -> str | None:
    """The newest earlier job over the same target whose pages were asked."""
    found: str | None = await session.scalar(
        job_history.select_previous_jobs(job, Job.id).where(Job.sample.is_not(None)).limit(1)
    )
    return found


async def _load_unchanged_lastmods(
    session: AsyncSession, earlier: str, probes: Sequence[ProbeRow]
) -> dict[bytes, str]:
    """The lastmods that pages had in an earlier job, by their keys, if their bytes were the same then."""
    digests = {each.key: each.digest for each in probes if each.digest is not None}
    entry = and_(_ENTRY.document_id == Probe.document_id, _ENTRY.position == Probe.position)
    query = (
        select(Probe.key, Probe.digest, _ENTRY.lastmod)
        .join(entries, entry)
        .where(Probe.job_id == earlier, Probe.key.in_(list(digests)), _ENTRY.lastmod.is_not(None))
    )
    return {key: lastmod for key, digest, lastmod in await session.execute(query) if digests[key] == digest}


def _decode_versions(extensions: str | None) -> Mapping[str, str]:
    """The versions by language that an entry names."""
    said: Iterable[Any] = _decode(extensions).get("alternates", ()) if extensions else ()
    pairs = ((each.get("hreflang"), each.get("href")) for each in said if isinstance(each, dict))
    return {language: href for language, href in pairs if isinstance(language, str) and isinstance(href, str)}
