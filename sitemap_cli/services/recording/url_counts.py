"""Count the different URLs that documents list, and those that only some of them list.

URLs are compared as texts where all of them are in their canonical spelling.
"""

from bisect import bisect
from collections import Counter
from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import CompoundSelect, case, except_, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.services.shared import url_keys
from sitemap_cli.services.shared.document_urls import select_locs
from sitemap_cli.services.shared.joined_columns import find_dialect
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.models import entries

FEW, MANY = 10_000, 200_000
"""URLs from which on a set is faster than SQLite, and up to which those of a document may be in memory."""

# GROUP BY sorts, and the sort spills to disk sequentially; COUNT(DISTINCT) would fill a tree at random.
_UNIQUE = select(func.count()).select_from(select_locs("documents").group_by(entries.c.loc).subquery())
_DIFFERENCE = select(func.count()).select_from(
    except_(select_locs("these"), select_locs("others")).subquery()
)


class Changes(NamedTuple):
    """The numbers of URLs that are only listed now, and only then.

    ``are_texts`` says that URLs were compared as texts.
    """

    new: int
    removed: int
    are_texts: bool = True


async def count_urls(session: AsyncSession, sizes: Mapping[int, int], *, is_respelled: bool) -> int:
    """Return the number of different URLs that documents list, maybe in several spellings.

    ``sizes`` has the numbers of entries by document id.
    """
    if is_respelled:
        return (await url_keys.load_keys(session, sizes)).count()
    total = sum(sizes.values())
    if total > FEW and max(sizes.values()) <= MANY and await find_dialect(session) == "sqlite":
        found = await _count_separate_urls(session, sizes)
        if found is not None:
            return found
    return (await session.execute(_UNIQUE, {"documents": list(sizes)})).scalar_one()


async def _count_separate_urls(session: AsyncSession, sizes: Mapping[int, int]) -> int | None:
    """Return the number of different URLs if no two documents can have one in common; otherwise None.

    They cannot if the URLs of one are all before those of the other in alphabetical order, as those of the
    sections of a site are. Then one document at a time is put into a set, in less than half the time that
    SQLite takes to sort the URLs of all.
    """
    count, ranges = 0, list[tuple[str, str]]()
    distinct, document = set[str](), 0
    async for page in url_keys.load_sized_locs(session, sizes):
        if page.document_id != document and distinct:
            count += len(distinct)
            if not _add_range(ranges, distinct):
                return None
            distinct = set()
        document = page.document_id
        distinct.update(page.locs)
    return count + len(distinct) if not distinct or _add_range(ranges, distinct) else None


def _add_range(ranges: list[tuple[str, str]], urls: Collection[str]) -> bool:
    """Add the first and the last of some URLs to sorted ranges; return whether they overlap with none."""
    low, high = min(urls), max(urls)
    at = bisect(ranges, (low, high))
    is_apart = (at == 0 or ranges[at - 1][1] < low) and (at == len(ranges) or high < ranges[at][0])
    ranges.insert(at, (low, high))
    return is_apart


async def count_changes(session: AsyncSession, now: Collection[int], then: Collection[int]) -> Changes:
    """Compare the URLs of the documents of now with those of then.

    Documents on both sides are read once, and only to see which of the other URLs they list.
    """
    common = set(now) & set(then)
    new, gone = set(now) - common, set(then) - common
    if not new and not gone:
        return Changes(0, 0)
    if await url_keys.list_respelled_documents(session, {*now, *then}):
        new_urls = await count_difference(session, now, then)
        return Changes(new_urls, await count_difference(session, then, now), are_texts=False)
    parameters = {"new": sorted(new), "changed": sorted(new | gone), "common": sorted(common)}
    counts = Counter[int]()
    for is_new, count in await session.execute(_CHANGES, parameters):
        counts[is_new] += count
    return Changes(counts[1], counts[0])


async def count_difference(session: AsyncSession, these: Collection[int], others: Collection[int]) -> int:
    """Return the number of different URLs that some documents list and others do not."""
    # A document on both sides makes no difference.
    only = set(these) - set(others)
    if not only:
        return 0
    if await url_keys.list_respelled_documents(session, only | set(others)):
        keys = await url_keys.load_keys(session, only)
        return keys.subtract(await url_keys.load_keys(session, set(others))).count()
    parameters = {"these": sorted(only), "others": sorted(set(others))}
    return (await session.execute(_DIFFERENCE, parameters)).scalar_one()


def _select_changes() -> CompoundSelect[int, int]:
    """Return a SELECT of numbers to add up: of new URLs and others that only one side lists.

    What the documents that changed list on one side only is grouped once. Of that, the documents on both
    sides list some; those are subtracted.
    """
    is_new = case((entries.c.document_id.in_(bind_ids("new")), 1), else_=0)
    one_sided = (
        select(entries.c.loc, func.max(is_new).label("is_new"))
        .where(entries.c.document_id.in_(bind_ids("changed")))
        .group_by(entries.c.loc)
        .having(func.min(is_new) == func.max(is_new))
        .cte("one_sided")
    )
    kept = select_locs("common").where(entries.c.loc.in_(select(one_sided.c.loc))).cte("kept")
    listed_elsewhere = select(one_sided.c.is_new, -func.count()).where(
        one_sided.c.loc.in_(select(kept.c.loc))
    )
    counts = (select(one_sided.c.is_new, func.count()), listed_elsewhere)
    return union_all(*(each.group_by(one_sided.c.is_new) for each in counts))


_CHANGES = _select_changes()
