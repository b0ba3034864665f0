"""Facts of the previous complete job, for the rules that compare two jobs."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.gathered_facts import PreviousJob
from sitemap_cli.services.checking import site_facts
from sitemap_cli.services.checking.fact import FactSource, fact
from sitemap_cli.storage.models import entries
from sitemap_cli.urls import canonical_url


@fact("previous_job")
async def gather_previous_job(session: AsyncSession, source: FactSource) -> PreviousJob | None:
    """Return the facts of the previous job that a check compares with, or None."""
    if source.reference is None:
        return None
    previous, rows = source.reference.job, source.reference.sitemaps
    listed = (loc for fact, _ in source.reference.robots for loc, _ in fact.sitemaps)
    same, changed = await _count_changed_lastmods(
        session, source.site, {canonical_url(row.url): row.document_id for row in rows}
    )
    return PreviousJob(
        job=previous.id,
        started_at=site_facts.to_timestamp(previous.started_at or previous.created_at),
        unique_urls=previous.unique_urls,
        urls={canonical_url(row.url): row.urls for row in rows if row.document_id is not None},
        listed_in_robots=frozenset(map(canonical_url, listed)),
        same_entries=same,
        changed_lastmods=changed,
        is_accepted=previous.gate is not None,
    )


async def _count_changed_lastmods(
    session: AsyncSession, site: SiteFact, then: Mapping[str, int | None]
) -> tuple[int, int]:
    """Count the entries with the same URL and position as before, and those of them with another lastmod.

    The comparison by position follows the primary key of the table. Entries that moved are not counted. A
    document that is the same in both jobs is counted without a look at its entries.
    """
    same = changed = 0
    for sitemap in site.sitemaps:
        previous = then.get(canonical_url(sitemap.url))
        if previous is None or sitemap.document is None:
            continue
        if previous == sitemap.document:
            same += sitemap.urls
            continue
        counts = (await session.execute(_COMPARED, {"now": sitemap.document, "then": previous})).one()
        same, changed = same + counts[0], changed + int(counts[1] or 0)
    return same, changed


def _select_lastmod_counts() -> Select[int, Any]:
    now, then = entries.alias("now_"), entries.alias("then_")
    here = and_(then.c.position == now.c.position, then.c.loc == now.c.loc)
    another = now.c.lastmod.is_distinct_from(then.c.lastmod)
    return (
        select(func.count(), func.sum(case((another, 1), else_=0)))
        .select_from(now.join(then, here))
        .where(now.c.document_id == bindparam("now"), then.c.document_id == bindparam("then"))
    )


_COMPARED = _select_lastmod_counts()
