"""Tells what the pages of a job answered, in the shape that scripts depend on."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.probed_pages import PageFact, ProbeTotals, Share
from sitemap_cli.crawl.pages.probed_page import DISALLOWED, LISTED, ProbedPage
from sitemap_cli.services.checking import page_facts, site_facts
from sitemap_cli.services.checking.page_facts import Tally
from sitemap_cli.services.recording import jobs
from sitemap_cli.services.reporting.job_result import format_time
from sitemap_cli.storage.models import Probe

SCHEMA = "sitemap/probe/1"
MAX_TOLD = 10_000
"""Pages that are told: a report of a million would be of no use to anybody."""
NOT_TOLD = ("key", "document_id", "position", "digest", "text_digest")


async def load_probe_result(
    session: AsyncSession, tenant: str, job_id: str, unasked: Mapping[str, int]
) -> dict[str, Any]:
    """What is known of the pages of a job, whichever run asked them.

    ``unasked`` counts those that the last run could not ask. Only pages in which something is wrong are told.
    """
    job, domain = await jobs.find_job(session, tenant, job_id)
    site = SiteFact(url="", sitemaps=await site_facts.load_sitemap_facts(session, job.id))
    tally, bad, count = Tally(job, page_facts.count_entries(site)), list[dict[str, Any]](), 0
    async for found in page_facts.load_compared_pages(session, job, site):
        for page in found:
            wrong = tally.count_page(page) if page.was_requested else ["page-disallowed"]
            count += bool(wrong)
            if wrong and len(bad) < MAX_TOLD:
                bad.append(_page(page, wrong))
    head = {"schema": SCHEMA, "job_id": job.id, "domain": domain, "sample": job.sample or {}}
    counts = {**await _count_responses(session, job.id), "unasked": dict(sorted(unasked.items()))}
    return {**head, **_shares(tally.summarize()), **counts, "pages": bad, "pages_left_out": count - len(bad)}


def build_page_line(probed: ProbedPage, sitemaps: Mapping[int, str]) -> dict[str, Any]:
    """One page as soon as it was asked; ``sitemaps`` are the addresses of files by their documents."""
    told = {name: getattr(probed, name) for name in probed.__struct_fields__ if name not in NOT_TOLD}
    sitemap = sitemaps.get(probed.document_id or 0)
    return {"type": "page", **told, "asked_at": format_time(probed.asked_at), "sitemap": sitemap}


async def load_sitemap_urls(session: AsyncSession, job_id: str) -> Mapping[int, str]:
    """The addresses of the sitemaps of a job, by their documents."""
    return page_facts.map_sitemap_urls(
        SiteFact(url="", sitemaps=await site_facts.load_sitemap_facts(session, job_id))
    )


async def _count_responses(session: AsyncSession, job_id: str) -> dict[str, int]:
    """How many pages answered in HTTP, how many did not, and how many robots.txt kept us from."""
    disallowed = func.count().filter(Probe.error == DISALLOWED)
    query = select(func.count(), func.count(Probe.status_code), disallowed)
    known, answered, kept = (
        await session.execute(query.where(Probe.job_id == job_id, Probe.role == LISTED))
    ).one()
    return {"answered": answered, "unanswered": known - answered - kept, "disallowed": kept}


def _shares(probes: ProbeTotals) -> dict[str, Any]:
    rates = [_rate(name, share) for name, share in probes.shares.items()]
    return {"asked": probes.requested, "of": probes.total, "dirt": _rate("dirt", probes.dirt), "rates": rates}


def _rate(problem: str, share: Share) -> dict[str, Any]:
    bounds = {"rate": share.rate, "low": share.low, "high": share.high}
    return {
        "problem": problem,
        "count": share.count,
        **{name: round(each, 6) for name, each in bounds.items()},
    }


def _page(page: PageFact, wrong: list[str]) -> dict[str, Any]:
    """What there is to know of a page with which something is wrong; fields that are empty are left out."""
    said = {
        "error": page.error,
        "error_message": page.error_message,
        "final_url": page.final_url if page.final_url != page.loc else None,
        "hops": [{"url": url, "status_code": code} for url, code in page.hops],
        "title": page.title,
        "noindex": page.noindex,
        "canonicals": [{"href": href, "by": by} for href, by in page.canonicals],
        "soft_404": page.soft_404,
        "lastmod": page.lastmod_contradiction,
        "hreflang": page.hreflang_difference,
    }
    place = {"loc": page.loc, "sitemap": page.sitemap, "line": page.line}
    told = {name: value for name, value in said.items() if value}
    return {**place, "problems": wrong, "status_code": page.status_code, **told}
