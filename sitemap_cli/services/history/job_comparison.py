"""Compare the URLs of two jobs, in steps: only documents that differ are read, a few at a time.

A URL that moved from one sitemap to another has not changed. Two spellings of a URL are the same one; see
:func:`sitemap_cli.urls.identify_url`. Values are compared as they are written.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.services.history.document_columns import (
    NO_VALUES,
    WINDOW,
    DocumentReader,
    Listing,
    load_listing,
    load_values,
    pick_values,
    split_values,
)
from sitemap_cli.services.history.document_pairs import (
    ChangedUrl,
    Pair,
    PairDifference,
    compare_pair,
    take_each_once,
)
from sitemap_cli.services.history.group_resolution import (
    KeySet,
    Resolution,
    is_large,
    resolve_group,
)
from sitemap_cli.services.history.listed_documents import (
    Group,
    ListedDocument,
    group_documents,
    list_pairs,
    merge_small_groups,
    pair_documents,
)
from sitemap_cli.services.shared.url_keys import UrlKeys
from sitemap_cli.storage.models import Job

MAX_JOINED = 50_000
"""URLs that are loaded in one transaction, unless a step has more."""

_NOTHING = Listing([], [])


@dataclass(frozen=True, slots=True)
class Step:
    """Documents that are compared at once: a pair, or what is between two positions of one document.

    Without a ``resolution``, no other document can list a URL of them.
    """

    pair: Pair
    reader: DocumentReader
    resolution: Resolution | None = None
    first: int = 0
    last: int = 0

    @property
    def is_part(self) -> bool:
        """Whether it is a part of one document."""
        return self.first > 0


class _Plan(NamedTuple):
    """What a step does, before all of them are known."""

    pair: Pair
    resolution: Resolution | None = None
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Changes:
    """What a step found: the URLs that were removed, added and changed, each once in all steps.

    ``old_sitemap`` lists what was removed, ``new_sitemap`` the others.
    """

    old_sitemap: str
    new_sitemap: str
    removed: Listing
    added: Listing
    changed: Sequence[ChangedUrl]


def are_unique(*jobs: Job) -> bool:
    """Return whether it is known that none of some jobs lists a URL twice; a job counts them when it ends."""
    return all(0 < each.urls == each.unique_urls for each in jobs)


async def prepare_steps(
    session: AsyncSession, old: Iterable[ListedDocument], new: Iterable[ListedDocument], *, is_unique: bool
) -> list[Step]:
    """Return the steps that compare the documents of two jobs; none if both have the same documents.

    Where a URL can be in several documents, they are read here once.

    Args:
        session: the caller's.
        old: the documents of the older job, each once.
        new: those of the newer job.
        is_unique: whether it is known that neither job lists a URL twice.

    Raises:
        NotFoundError: a document was removed.
    """
    then, now = {each.id: each for each in old}, {each.id: each for each in new}
    common = () if is_unique else [each for each in then.values() if each.id in now]
    groups = group_documents(
        [each for each in then.values() if each.id not in now],
        [each for each in now.values() if each.id not in then],
        common,
    )
    order = {each: at for at, each in enumerate([*now, *then])}
    plans = list[_Plan]()
    for group in merge_small_groups(groups, WINDOW):
        plans += await _plan_group(session, _harmonize(group), is_unique=is_unique)
    # Documents of the newer job in their order, then those that are only in the older one.
    plans.sort(key=lambda plan: (_order_pair(plan.pair, order), plan.first))
    reader = DocumentReader(list_pairs(plan.pair for plan in plans if not plan.first))
    return [Step(plan.pair, reader, *plan[1:]) for plan in plans]


def join_steps(steps: Iterable[Step]) -> Iterator[list[Step]]:
    """Yield steps that are loaded in one transaction: several with small documents, or one."""
    joined, size = list[Step](), 0
    for step in steps:
        urls = sum(each.urls for each in step.pair if each is not None)
        if joined and size + urls > MAX_JOINED:
            yield joined
            joined, size = [], 0
        joined.append(step)
        size += urls
    if joined:
        yield joined


async def load_changes(session: AsyncSession, step: Step) -> Changes:
    """Return what a step finds. Each step can be loaded once, in the order of the steps.

    Raises:
        NotFoundError: a document was removed.
    """
    old, new = step.pair
    if step.resolution is None:
        found = await compare_pair(session, step.pair, step.reader)
    elif step.is_part:
        found = await _load_part(session, step, step.resolution)
    else:
        found = await _select_resolved(session, step, step.resolution)
    return Changes(
        old.sitemap if old else "",
        new.sitemap if new else "",
        found.removed,
        found.added,
        found.changed,
    )


def _harmonize(group: Group) -> Group:
    """Identify all URLs of a group by their canonical spelling if one of them may be in another one."""
    if not group.is_respelled:
        return group
    old, new = ([each._replace(is_respelled=True) for each in side] for side in (group.old, group.new))
    return Group(old, new, group.common)


def _order_pair(pair: Pair, order: dict[int, int]) -> int:
    old, new = pair
    if new is not None:
        return order[new.id]
    return order[old.id] if old is not None else 0


async def _plan_group(session: AsyncSession, group: Group, *, is_unique: bool) -> list[_Plan]:
    if group.is_pair and not is_large((*group.old, *group.new)):
        return [_Plan((next(iter(group.old), None), next(iter(group.new), None)))]
    resolution = await resolve_group(session, group, is_unique=is_unique)
    steps = list[_Plan]()
    for old, new in pair_documents(group.old, group.new):
        if not is_large((old, new)):
            steps.append(_Plan((old, new), resolution))
            continue
        for pair, document in (((None, new), new), ((old, None), old)):
            if document is not None:
                steps += (
                    _Plan(pair, resolution, first, min(first + WINDOW - 1, document.urls))
                    for first in range(1, document.urls + 1, WINDOW)
                )
    return steps


async def _select_resolved(session: AsyncSession, step: Step, resolution: Resolution) -> PairDifference:
    """Compare a pair; add what the pair alone does not decide about."""
    found = await compare_pair(session, step.pair, step.reader)
    settled = resolution.unsettled
    changed = [each for each in found.changed if not settled.count or not settled.has_key(hash(each.id))]
    if step.pair[1] is not None:
        changed += await _list_changed(session, step.pair[1], resolution, 1, step.pair[1].urls)
    return PairDifference(
        _select(found.removed, resolution.unsettled, resolution.repeated_removed),
        _select(found.added, resolution.unsettled, resolution.repeated_added),
        changed,
    )


async def _load_part(session: AsyncSession, step: Step, resolution: Resolution) -> PairDifference:
    """Return the difference of a part of a document that was not compared with that of the same sitemap."""
    old, new = step.pair
    if new is not None:
        listing = take_each_once(await load_listing(session, new, step.first, step.last))
        changed = await _list_changed(session, new, resolution, step.first, step.last)
        added = _select(listing, resolution.unsettled, resolution.repeated_added)
        return PairDifference(_NOTHING, added, changed)
    if old is not None:
        listing = take_each_once(await load_listing(session, old, step.first, step.last))
        return PairDifference(_select(listing, resolution.unsettled, resolution.repeated_removed), _NOTHING)
    return PairDifference(_NOTHING, _NOTHING)


def _select(listing: Listing, unsettled: KeySet, repeated: UrlKeys) -> Listing:
    """Return the URLs that only one job lists, those that several documents list only for the first one."""
    has_repeated = repeated.count() > 0
    if not unsettled.count and not has_repeated:
        return listing
    is_wanted = [
        not unsettled.has_key(key)
        and not (has_repeated and repeated.has_key(key) and not repeated.take_key(key))
        for key in map(hash, listing.ids)
    ]
    return Listing([*compress(listing.locs, is_wanted)], [*compress(listing.ids, is_wanted)])


async def _list_changed(
    session: AsyncSession, document: ListedDocument, resolution: Resolution, first: int, last: int
) -> list[ChangedUrl]:
    """Return the changed URLs between two positions of a newer document, with the values of both jobs."""
    if not resolution.changed.count():
        return []
    listing = await load_listing(session, document, first, last)
    places = [at for at, id_ in enumerate(listing.ids) if resolution.changed.take_key(hash(id_))]
    if not places:
        return []
    values = split_values(await load_values(session, document, first, last))
    old_values = await resolution.old_values.load(session, (hash(listing.ids[at]) for at in places))
    return [
        ChangedUrl(
            listing.locs[at],
            listing.ids[at],
            old_values.get(hash(listing.ids[at]), NO_VALUES),
            pick_values(values, at),
        )
        for at in places
    ]
