"""Find the sections and sitemaps that lost URLs since the job that a check compares with."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.url_losses import FEWEST, Loss, LossLimits, LostUrls, list_losses, sort_losses
from sitemap_cli.model.site_sections import OTHERS, find_section, move_url
from sitemap_cli.services.checking.fact import FactSource, fact
from sitemap_cli.services.checking.job_records import ListedSitemap, ReferenceJob, SectionCounts
from sitemap_cli.services.recording import url_counts
from sitemap_cli.services.shared.document_urls import select_locs
from sitemap_cli.services.shared.section_counts import list_section_documents
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.models import entries
from sitemap_cli.urls import canonical_url

MAX_EXAMINED = 10
"""Sections or sitemaps whose URLs are compared, those that lost the most."""
MAX_LOADED = 1_000
"""Lost URLs of documents with a section; some can be of other sections."""
SAMPLE = 100
"""URLs of a section that are looked for in another one."""
MAX_TARGETS = 3
"""Sections to which another one may have moved, those that gained the most."""
MOVED = 0.8
"""The share of the sample that must be found there."""

_GONE = (
    select(entries.c.loc)
    .where(entries.c.document_id.in_(bind_ids("documents")))
    .where(entries.c.loc.contains(bindparam("section"), autoescape=False))
    .except_(select_locs("others"))
    .order_by("loc")
    .limit(bindparam("most"))
)
_LISTED = select_locs("documents").where(entries.c.loc.in_(bindparam("locs", expanding=True))).distinct()


class _Documents(NamedTuple):
    """The ids of the documents of a job, and of the one that it is compared with."""

    then: Collection[int]
    now: Collection[int]


@fact("lost_urls")
async def gather_lost_urls(session: AsyncSession, source: FactSource) -> LostUrls:
    """Return what lost URLs since the job that a check compares with; nothing without one.

    URLs that another sitemap lists now are not lost, whatever the counts say.
    """
    site, previous = source.site, source.reference
    if previous is None or not site.is_complete:
        return LostUrls()
    rows = [each for each in previous.sitemaps if each.document_id is not None]
    now = {each.document for each in site.sitemaps if each.document is not None}
    sides = _Documents({each.document_id for each in rows if each.document_id is not None}, now)
    limits = LossLimits(previous.job.unique_urls, site.max_drop)
    found = {
        canonical_url(each.url): (each.document, each.urls)
        for each in site.sitemaps
        if each.document is not None and each.error is None
    }
    sections = tuple(await _find_sections(session, previous, source.sections, sides, limits))
    if sections or limits.exceeds_total(site.unique_urls):
        # The rule names no single sitemaps then.
        return LostUrls(sections)
    return LostUrls(sitemaps=tuple(await _find_sitemaps(session, rows, found, now, limits)))


async def _find_sections(
    session: AsyncSession,
    previous: ReferenceJob,
    now_counts: SectionCounts,
    sides: _Documents,
    limits: LossLimits,
) -> Sequence[Loss]:
    """Return the sections that lost URLs since a previous job."""
    then_counts = previous.sections
    if then_counts is None or now_counts is None:
        return ()
    suspects = [each for each in list_losses(then_counts, now_counts) if limits.exceeds(each)][:MAX_EXAMINED]
    if not suspects:
        return ()
    documents = await list_section_documents(session, previous.job.id, {each.name for each in suspects})
    gains = {section: count - then_counts.get(section, 0) for section, count in now_counts.items()}
    losses, differences = list[Loss](), dict[frozenset[int], int]()
    for each in suspects:
        listing = frozenset(documents[each.name])
        if listing not in differences:
            differences[listing] = await url_counts.count_difference(session, listing, sides.now)
        loss = each._replace(lost=min(each.lost, differences[listing]))
        if limits.exceeds(loss):
            targets = _list_targets(loss, gains) if limits.is_nearly_all(loss) else ()
            losses.append(await _describe_loss(session, loss, listing, sides, targets))
    return sort_losses(losses)


def _list_targets(loss: Loss, gains: Mapping[str, int]) -> Sequence[str]:
    """Return the sections that gained about as many URLs as another one lost, the likeliest first."""
    likely = (
        section
        for section, gained in gains.items()
        if section not in (OTHERS, loss.name) and gained >= MOVED * loss.lost
    )
    return sorted(likely, key=lambda each: (-gains[each], each))[:MAX_TARGETS]


async def _describe_loss(
    session: AsyncSession,
    loss: Loss,
    listing: Collection[int],
    sides: _Documents,
    targets: Sequence[str],
) -> Loss:
    """Return a loss of a section with an example, and the section that has most of its URLs now.

    ``listing`` are the documents that had URLs of the section.
    """
    which = {"documents": sorted(listing), "others": sorted(sides.now)}
    gone = await session.scalars(_GONE, {**which, "section": loss.name, "most": MAX_LOADED})
    sample = [loc for loc in gone if find_section(loc) == loss.name][:SAMPLE]
    for target in targets if len(sample) >= FEWEST else ():
        spellings = {loc: move_url(loc, loss.name, target) for loc in sample}
        locs = sorted({each for several in spellings.values() for each in several})
        here, before = [
            set(await session.scalars(_LISTED, {"documents": sorted(each), "locs": locs}))
            for each in (sides.now, sides.then)
        ]
        moved = sum(not (here - before).isdisjoint(several) for several in spellings.values())
        if moved >= MOVED * len(sample):
            return loss._replace(example=sample[0], moved_to=target)
    return loss._replace(example=sample[0] if sample else None)


async def _find_sitemaps(
    session: AsyncSession,
    rows: Sequence[ListedSitemap],
    found: Mapping[str, tuple[int, int]],
    now: Collection[int],
    limits: LossLimits,
) -> Sequence[Loss]:
    """Return the sitemaps that lost URLs.

    ``rows`` are the sitemaps of the previous job, ``found`` documents and numbers of URLs now by sitemap.
    """
    suspects = list[tuple[Loss, int]]()
    for url, document, had in rows:
        if document is None:
            continue
        known, has = found.get(canonical_url(url), (document, had))
        loss = Loss(url, had, has, had - has)
        if known != document and has and limits.exceeds(loss):
            suspects.append((loss, document))
    suspects.sort(key=lambda each: (-each[0].lost, each[0].name))
    losses = list[Loss]()
    for loss, document in suspects[:MAX_EXAMINED]:
        gone = await url_counts.count_difference(session, {document}, now)
        if limits.exceeds(kept := loss._replace(lost=min(loss.lost, gone))):
            losses.append(kept)
    return sort_losses(losses)
