"""Compare the URLs of two jobs: a build with production, or a site with a list."""

from collections.abc import Collection

from sqlalchemy import except_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.gathered_facts import Comparison, Difference
from sitemap_cli.model.values import Verdict
from sitemap_cli.services.checking.fact import FactSource, fact
from sitemap_cli.services.recording import sitemap_rows
from sitemap_cli.services.shared.document_urls import select_locs
from sitemap_cli.storage.models import Job

EXAMPLES = 20


@fact("comparison")
async def gather_comparison(session: AsyncSession, source: FactSource) -> Comparison | None:
    """Return the URLs that only one of two jobs lists; None without a job to compare with."""
    job, site = source.job, source.site
    other = await session.get(Job, site.other_job) if site.other_job else None
    if other is None:
        return None
    here, there = [
        set(await sitemap_rows.count_entries_by_document(session, each.id)) for each in (job, other)
    ]
    # A document that both jobs read cannot make a difference.
    return Comparison(
        other.target,
        is_complete=other.verdict == Verdict.OK,
        missing=await _find_difference(session, there - here, here),
        extra=await _find_difference(session, here - there, there),
    )


async def _find_difference(
    session: AsyncSession, these: Collection[int], others: Collection[int]
) -> Difference:
    """Return the URLs that some documents list and others do not."""
    if not these:
        return Difference()
    only = except_(select_locs("these"), select_locs("others")).subquery()
    query = select(only.c.loc, func.count().over()).order_by(only.c.loc).limit(EXAMPLES)
    rows = (await session.execute(query, {"these": sorted(these), "others": sorted(others)})).all()
    return Difference(rows[0][1], tuple(loc for loc, _ in rows)) if rows else Difference()
