"""Compare the URLs of two jobs: a build with production."""

import heapq
from collections.abc import Collection
from functools import partial
from operator import itemgetter

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.gathered_facts import Comparison, Difference
from sitemap_cli.crawl.url_scope import UrlScope
from sitemap_cli.model.values import Verdict
from sitemap_cli.services.checking.fact import FactSource, fact
from sitemap_cli.services.recording import job_sitemaps
from sitemap_cli.services.shared.url_keys import UrlKeys, load_keys, load_locs
from sitemap_cli.spool import Spool, SpooledItems
from sitemap_cli.storage.models import Job
from sitemap_cli.urls import canonical_url

EXAMPLES = 20
# What all URLs outside the compared part of a site count as.
OUTSIDE = ""


@fact("comparison")
async def gather_comparison(session: AsyncSession, source: FactSource) -> Comparison | None:
    """Return the URLs that only one of two jobs lists; None without a job to compare with.

    Two spellings of a URL are the same, as :func:`~sitemap_cli.urls.canonical_url` says; fragments do not
    count, because other programs leave them out.
    """
    job, site = source.job, source.site
    other = await session.get(Job, site.other_job) if site.other_job else None
    if other is None or site.other_is_list:
        return None
    scope = UrlScope(job.scope) if job.scope is not None else None
    here, there = [
        set(await job_sitemaps.count_entries_by_document(session, each.id)) for each in (job, other)
    ]

    # A document that both jobs read cannot make a difference.
    def identify(url: str) -> str:
        # The other site may have more than the part that the job is about.
        return canonical_url(url) if scope is None or scope.includes(url) else OUTSIDE

    both = await load_keys(session, here & there if here != there else (), canonical_url)
    ours = await load_keys(session, here - there, canonical_url)
    theirs = await load_keys(session, there - here, canonical_url if scope is None else identify)
    outside = UrlKeys()
    outside.add_keys([hash(OUTSIDE)])
    build = _build_difference
    if source.spool is not None:
        build = partial(_list_difference, source.spool)
    return Comparison(
        other.target,
        is_complete=other.verdict == Verdict.OK,
        missing=await build(session, there - here, theirs.subtract(ours, both, outside)),
        extra=await build(session, here - there, ours.subtract(theirs, both)),
    )


async def _build_difference(session: AsyncSession, documents: Collection[int], only: UrlKeys) -> Difference:
    """Return the number of URLs that only these documents list, and examples as they are spelled there."""
    examples = dict[int, str]()
    async for page in load_locs(session, documents if only.count() else ()):
        spellings = ((hash(canonical_url(loc)), loc) for loc in sorted(page.locs, reverse=True))
        found = {key: loc for key, loc in spellings if only.has_key(key)}
        examples = _select_examples([*found.items(), *examples.items()])
    return Difference(only.count(), tuple(sorted(examples.values())))


async def _list_difference(
    spool: Spool, session: AsyncSession, documents: Collection[int], only: UrlKeys
) -> Difference:
    """Return all URLs that only these documents list, as they are spelled there first."""
    items = SpooledItems(spool, str)
    async for page in load_locs(session, documents if only.count() else ()):
        items.extend((loc,) for loc in page.locs if only.take_key(hash(canonical_url(loc))))
    return Difference(only.count(), items)


def _select_examples(found: list[tuple[int, str]]) -> dict[int, str]:
    """Return the first examples in the order of their spelling, each URL once."""
    ordered = sorted(found, key=itemgetter(1), reverse=True)
    return dict(heapq.nsmallest(EXAMPLES, dict(ordered).items(), key=itemgetter(1)))
