"""Compare the URLs of two jobs: a build with production, or a site with a list."""

import heapq
from collections.abc import Collection
from collections.abc import Set as AbstractSet

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.entry_batch import SEPARATOR
from sitemap_cli.audit.gathered_facts import Comparison, Difference
from sitemap_cli.model.values import Verdict
from sitemap_cli.services.checking.fact import FactSource, fact
from sitemap_cli.services.recording import sitemap_rows
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.models import Job, entries
from sitemap_cli.urls import canonical_url, is_canonical

EXAMPLES = 20

_ENTRY = entries.c
# One text per document: the database joins a million URLs faster than it can send them one by one.
_JOINED_LOCS = (
    select(func.aggregate_strings(_ENTRY.loc, SEPARATOR))
    .where(_ENTRY.document_id.in_(bind_ids("documents")))
    .group_by(_ENTRY.document_id)
)


@fact("comparison")
async def gather_comparison(session: AsyncSession, source: FactSource) -> Comparison | None:
    """Return the URLs that only one of two jobs lists; None without a job to compare with.

    Two spellings of a URL are the same, as :func:`~sitemap_cli.urls.canonical_url` says.
    """
    job, site = source.job, source.site
    other = await session.get(Job, site.other_job) if site.other_job else None
    if other is None:
        return None
    here, there = [
        set(await sitemap_rows.count_entries_by_document(session, each.id)) for each in (job, other)
    ]
    # A document that both jobs read cannot make a difference.
    spellings = dict[str, str]()
    both = await _load_canonical_urls(session, here & there, {}) if here != there else set[str]()
    ours = both | await _load_canonical_urls(session, here - there, spellings)
    theirs = both | await _load_canonical_urls(session, there - here, spellings)
    return Comparison(
        other.target,
        is_complete=other.verdict == Verdict.OK,
        missing=_build_difference(theirs - ours, spellings),
        extra=_build_difference(ours - theirs, spellings),
    )


async def _load_canonical_urls(
    session: AsyncSession, documents: Collection[int], spellings: dict[str, str]
) -> set[str]:
    """Return the canonical URLs of documents; add those that are spelled otherwise there to ``spellings``."""
    found = set[str]()
    for text in await session.scalars(_JOINED_LOCS, {"documents": sorted(documents)}) if documents else ():
        locs = set(text.split(SEPARATOR))
        odd = {loc for loc in locs if not is_canonical(loc)}
        canonical = {canonical_url(loc): loc for loc in sorted(odd, reverse=True)}
        found |= (locs - odd) | canonical.keys()
        spellings |= canonical
    return found


def _build_difference(only: AbstractSet[str], spellings: dict[str, str]) -> Difference:
    """Return the number of URLs on one side, and examples as they are spelled there."""
    return Difference(len(only), tuple(heapq.nsmallest(EXAMPLES, (spellings.get(url, url) for url in only))))
