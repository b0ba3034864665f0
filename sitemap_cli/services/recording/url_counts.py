"""Count the different URLs that documents list, and those that only some of them list.

URLs are compared as texts where all of them are in their canonical spelling.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import CompoundSelect, case, except_, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.services.shared import url_keys
from sitemap_cli.services.shared.document_urls import select_locs
from sitemap_cli.storage import models
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.models import entries

# GROUP BY sorts, and the sort spills to disk sequentially; COUNT(DISTINCT) would fill a tree at random.
_UNIQUE = select(func.count()).select_from(select_locs("documents").group_by(entries.c.loc).subquery())
_DIFFERENCE = select(func.count()).select_from(
    except_(select_locs("these"), select_locs("others")).subquery()
)

_DOCUMENT = models.table_of(models.Document).c
_KNOWN = select(*(_DOCUMENT[name] for name in ("id", "urls", "unique_urls", "first_loc", "last_loc"))).where(
    _DOCUMENT.id.in_(bind_ids("documents"))
)


class DocumentUrls(NamedTuple):
    """A document with the number of its entries and the range of its URLs, if that is known."""

    document_id: int
    urls: int
    unique_urls: int | None = None
    first_loc: str | None = None
    last_loc: str | None = None


class Changes(NamedTuple):
    """The numbers of URLs that are only listed now, and only then.

    ``are_texts`` says that URLs were compared as texts.
    """

    new: int
    removed: int
    are_texts: bool = True


async def count_urls(
    session: AsyncSession, documents: Collection[DocumentUrls], *, is_respelled: bool
) -> int:
    """Return the number of different URLs that documents list, maybe in several spellings."""
    ids = [each.document_id for each in documents]
    if is_respelled:
        return (await url_keys.load_keys(session, ids)).count()
    found = count_separate_urls(documents)
    return (await session.execute(_UNIQUE, {"documents": ids})).scalar_one() if found is None else found


def count_separate_urls(documents: Collection[DocumentUrls]) -> int | None:
    """Return the number of different URLs if no two documents can have one in common; otherwise None.

    They cannot if the URLs of one are all before those of the other in alphabetical order, as those of the
    sections of a site are. Then no URL need be looked at.
    """
    ranges, count = list[tuple[str, str]](), 0
    for each in documents:
        if not each.urls:
            continue
        if each.unique_urls is None or each.first_loc is None or each.last_loc is None:
            return None
        count += each.unique_urls
        ranges.append((each.first_loc, each.last_loc))
    ranges.sort()
    return None if any(last >= first for (_, last), (first, _) in pairwise(ranges)) else count


def list_overlapping_documents(documents: Collection[DocumentUrls]) -> list[int]:
    """Return the ids of the documents that can have a URL in common with another one."""
    listed = [each for each in documents if each.urls]
    ranges = sorted((each.first_loc or "", each.last_loc or "", each.document_id) for each in listed)
    if any(not first for first, _, _ in ranges):
        return [each.document_id for each in listed]
    groups, furthest = list[list[int]](), ""
    for first, last, document in ranges:
        if groups and first <= furthest:
            groups[-1].append(document)
        else:
            groups.append([document])
        furthest = max(furthest, last)
    return [document for group in groups if len(group) > 1 for document in group]


async def load_document_urls(session: AsyncSession, documents: Collection[int]) -> Sequence[DocumentUrls]:
    """Return what is known of the URLs of documents."""
    rows = await session.execute(_KNOWN, {"documents": sorted(documents)})
    return [DocumentUrls(*row) for row in rows]


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
