"""Compare a document with the one that was at its place in an older job."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import ne

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.text_columns import TextColumn
from sitemap_cli.services.history.document_columns import (
    DocumentReader,
    EntryValues,
    Listing,
    pick_values,
    split_values,
)
from sitemap_cli.services.history.listed_documents import ListedDocument

Pair = tuple[ListedDocument | None, ListedDocument | None]
"""The older and the newer document; None for one that does not exist."""
_NOTHING = Listing([], [])


@dataclass(frozen=True, slots=True)
class ChangedUrl:
    """A URL that both jobs list, with other values; ``id`` is the spelling by which it is identified."""

    loc: str
    id: str
    old: EntryValues
    new: EntryValues


@dataclass(frozen=True, slots=True)
class PairDifference:
    """The URLs that only the older or the newer document lists, each once, and those whose entry changed."""

    removed: Listing
    added: Listing
    changed: Sequence[ChangedUrl] = ()


async def compare_pair(session: AsyncSession, pair: Pair, reader: DocumentReader) -> PairDifference:
    """Compare the URLs of two documents, and their entries if they list some of the same URLs.

    A URL that is listed several times is changed if it has no entry that is the same in both.

    Raises:
        NotFoundError: a document was removed.
    """
    old, new = [_NOTHING if each is None else await reader.load_listing(session, each) for each in pair]
    if old.ids == new.ids:
        removed = added = _NOTHING
    else:
        old_ids, new_ids = set(old.ids), set(new.ids)
        removed, added = _select_others(old, new_ids), _select_others(new, old_ids)
        if old_ids.isdisjoint(new_ids):
            return PairDifference(removed, added)
    changed = await _list_changed(session, pair, reader, old, new)
    return PairDifference(removed, added, changed)


def take_each_once(listing: Listing) -> Listing:
    """Return the URLs of a listing without those that are there again."""
    found = dict[str, str]()
    for loc, id_ in zip(listing.locs, listing.ids, strict=True):
        found.setdefault(id_, loc)
    return listing if len(found) == len(listing.ids) else Listing([*found.values()], [*found])


def _select_others(listing: Listing, known: Collection[str]) -> Listing:
    """Return those URLs of a listing that are not known, each once."""
    if not known:
        return take_each_once(listing)
    is_other = [each not in known for each in listing.ids]
    ids = [*compress(listing.ids, is_other)]
    same = listing.locs is listing.ids
    return take_each_once(Listing(ids if same else [*compress(listing.locs, is_other)], ids))


async def _list_changed(
    session: AsyncSession, pair: Pair, reader: DocumentReader, old: Listing, new: Listing
) -> Sequence[ChangedUrl]:
    first, second = pair
    if first is None or second is None:
        return ()
    columns = await reader.load_values(session, first), await reader.load_values(session, second)
    places = _match_places(old.ids, new.ids)
    if places is None:
        return _list_changed_of_repeated(old, new, *columns)
    then, now = ([split_values([each])[0] for each in side] for side in columns)
    differing = set[int]()
    for at, (one, other) in enumerate(zip(*columns, strict=True)):
        if _is_same(one, other) and old.ids == new.ids:
            continue
        if one.is_absent and other.is_absent:
            continue
        values = [then[at][place] for place in places[0]], [now[at][place] for place in places[1]]
        differing.update(compress(range(len(places[0])), map(ne, *values)))
    return [
        ChangedUrl(
            new.locs[places[1][at]],
            new.ids[places[1][at]],
            pick_values(then, places[0][at]),
            pick_values(now, places[1][at]),
        )
        for at in sorted(differing)
    ]


def _is_same(one: TextColumn, other: TextColumn) -> bool:
    return one.size == other.size and one.text == other.text


def _match_places(old: Sequence[str], new: Sequence[str]) -> tuple[Sequence[int], Sequence[int]] | None:
    """Return the places of the URLs that both list; None if one of them lists a URL several times."""
    known = dict(zip(old, range(len(old)), strict=True))
    if len(known) < len(old) or len(set(new)) < len(new):
        return None
    if old == new:
        return range(len(old)), range(len(new))
    both = [(known[each], at) for at, each in enumerate(new) if each in known]
    return [each for each, _ in both], [each for _, each in both]


def _list_changed_of_repeated(
    old: Listing, new: Listing, old_columns: Sequence[TextColumn], new_columns: Sequence[TextColumn]
) -> Sequence[ChangedUrl]:
    """Compare documents that list a URL several times: all entries of a URL, whatever their order."""
    then, now = (
        _group_values(ids, split_values(columns))
        for ids, columns in ((old.ids, old_columns), (new.ids, new_columns))
    )
    spelled = dict(zip(reversed(new.ids), reversed(new.locs), strict=True))
    return [
        ChangedUrl(spelled[each], each, then[each][0], values[0])
        for each, values in now.items()
        if each in then and set(values).isdisjoint(then[each])
    ]


def _group_values(
    ids: Sequence[str], columns: Sequence[Sequence[str | None]]
) -> dict[str, list[EntryValues]]:
    found = defaultdict[str, list[EntryValues]](list)
    for id_, *values in zip(ids, *columns, strict=True):
        found[id_].append(EntryValues(*values))
    return found
