"""Results of probes, read back from the database."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
from msgspec import UNSET
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.probed_pages import CHALLENGE, RATE_LIMITED, PageFact, ProbeTotals, Share
from sitemap_cli.audit.response_times import DEFAULT_SLOW, ResponseTimes
from sitemap_cli.crawl.pages.probed_page import DISALLOWED, LISTED, ProbedPage
from sitemap_cli.model.page_results import (
    PROBE_SCHEMA,
    BadPage,
    Canonical,
    PageTimes,
    ProbePageLine,
    ProbeResult,
    ProblemRate,
    Redirect,
    Sample,
    SlowPage,
)
from sitemap_cli.services.checking import page_facts, site_facts
from sitemap_cli.services.checking.common_responses import find_common_responses
from sitemap_cli.services.checking.known_probes import KnownProbes
from sitemap_cli.services.checking.page_facts import Tally
from sitemap_cli.services.recording import jobs
from sitemap_cli.services.reporting.job_result import format_time
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.models import Probe

MAX_SLOW = 20
MAX_PAGES = 10_000
"""Most bad pages in a result; a list of a million pages would be of no use."""


class Responses(NamedTuple):
    """Numbers of listed pages: with a response, without one, disallowed by robots.txt, and blocked."""

    answered: int
    unanswered: int
    disallowed: int
    blocked: int


async def load_probe_result(
    session: AsyncSession,
    tenant: str,
    job_id: str,
    unasked: Mapping[str, int],
    slow: float = DEFAULT_SLOW,
    known: KnownProbes | None = None,
) -> ProbeResult:
    """Return what is known about the pages of a job, from all probes of it.

    Args:
        session: the caller's.
        tenant: the tenant of the job.
        job_id: the id of the job, or a prefix of it.
        unasked: the pages that the last run could not request, by reason.
        slow: the time until the first byte after which a page is slow, in seconds.
        known: probes of other jobs, whose pages count, too.

    Raises:
        NotFoundError: there is no such job.
    """
    job, domain = await jobs.find_job(session, tenant, job_id)
    site = SiteFact(url="", sitemaps=await site_facts.load_sitemap_facts(session, job.id))
    tally, bad_pages, bad = Tally(job, page_facts.count_entries(site), slow), list[BadPage](), 0
    async for batch in page_facts.load_compared_pages(session, job, site, known):
        for page in batch:
            problems = tally.count_page(page) if page.was_requested else ["page-disallowed"]
            bad += bool(problems)
            if problems and len(bad_pages) < MAX_PAGES:
                bad_pages.append(_build_bad_page(page, problems))
    probes = tally.summarize()
    responses = await count_responses(session, job.id, known)
    return ProbeResult(
        schema=PROBE_SCHEMA,
        job_id=job.id,
        domain=domain,
        sample=msgspec.convert(job.sample or {}, Sample),
        asked=probes.requested + responses.blocked,
        of=probes.total,
        dirt=_build_rate("dirt", probes.dirt),
        rates=_build_rates(probes),
        **responses._asdict(),
        unasked=dict(sorted(unasked.items())),
        times=_build_times(probes.times),
        pages=bad_pages,
        pages_left_out=bad - len(bad_pages),
    )


def build_page_line(probed: ProbedPage, sitemap_urls: Mapping[int, str]) -> ProbePageLine:
    """Return the line for one page; ``sitemap_urls`` are URLs of sitemaps by the id of their document."""
    return ProbePageLine(
        loc=probed.loc,
        role=probed.role,
        method=probed.method,
        final_url=probed.final_url,
        asked_at=format_time(probed.asked_at) or "",
        ms=probed.ms,
        first_byte_ms=probed.first_byte_ms,
        status_code=probed.status_code,
        error=probed.error,
        error_message=probed.error_message,
        hops=msgspec.convert(probed.hops, list[tuple[str, int]] | None),
        content_type=probed.content_type,
        last_modified=probed.last_modified,
        title=probed.title,
        noindex=probed.noindex,
        noindex_for=probed.noindex_for,
        canonicals=msgspec.convert(probed.canonicals, list[Canonical] | None),
        alternates=probed.alternates,
        soft_404=probed.soft_404,
        refresh=probed.refresh,
        sitemap=sitemap_urls.get(probed.document_id or 0),
    )


async def load_sitemap_urls(session: AsyncSession, job_id: str) -> Mapping[int, str]:
    """Return the URLs of the sitemaps of a job by the id of their document."""
    return page_facts.map_sitemap_urls(
        SiteFact(url="", sitemaps=await site_facts.load_sitemap_facts(session, job_id))
    )


async def count_responses(session: AsyncSession, job_id: str, others: KnownProbes | None = None) -> Responses:
    """Return how the listed pages of a job responded, with those of probes of other jobs."""
    disallowed = func.count().filter(Probe.error == DISALLOWED)
    blocked = func.count().filter((Probe.error == CHALLENGE) | (Probe.status_code == RATE_LIMITED))
    query = select(func.count(), func.count(Probe.status_code), disallowed, blocked)
    of_job = Probe.job_id == job_id
    if others is not None and others.places:
        of_job |= Probe.id.in_(bind_ids("probes"))
    parameters = {"probes": sorted(others.places)} if others is not None and others.places else {}
    known, answered, kept, walled = (
        await session.execute(query.where(of_job, Probe.role == LISTED), parameters)
    ).one()
    if (await find_common_responses(session, job_id, others)).is_refusing:
        walled = answered
    return Responses(answered, known - answered - kept, kept, walled)


def _build_times(times: ResponseTimes | None) -> PageTimes | None:
    if times is None:
        return None
    return PageTimes(
        pages=times.count,
        median_ms=times.median,
        p95_ms=times.p95,
        slow_after_ms=times.limit,
        slow=times.slow,
        slowest=[SlowPage(each.loc, each.ms) for each in times.slowest[:MAX_SLOW]],
    )


def _build_rates(probes: ProbeTotals) -> list[ProblemRate]:
    return [_build_rate(problem, share) for problem, share in probes.shares.items()]


def _build_rate(problem: str, share: Share) -> ProblemRate:
    return ProblemRate(
        problem=problem,
        count=share.count,
        rate=round(share.rate, 6),
        low=round(share.low, 6),
        high=round(share.high, 6),
    )


def _build_bad_page(page: PageFact, problems: list[str]) -> BadPage:
    return BadPage(
        loc=page.loc,
        sitemap=page.sitemap,
        line=page.line,
        problems=problems,
        status_code=page.status_code,
        error=page.error or UNSET,
        error_message=page.error_message or UNSET,
        final_url=page.final_url if page.final_url and page.final_url != page.loc else UNSET,
        hops=[Redirect(url, code) for url, code in page.hops] or UNSET,
        title=page.title or UNSET,
        noindex=page.noindex or UNSET,
        canonicals=[Canonical(href, by) for href, by in page.canonicals] or UNSET,
        soft_404=page.soft_404 or UNSET,
        lastmod=page.lastmod_contradiction or UNSET,
        hreflang=page.hreflang_difference or UNSET,
    )
