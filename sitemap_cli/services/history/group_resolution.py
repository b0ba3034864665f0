"""Find out which URLs differ where a URL can be in several documents: it moved, or is listed several times.

Documents of the same sitemap are compared with one another first. What only one of them lists can be in
another document, too; what both list can be listed once more elsewhere. Such URLs are judged by all of their
entries. They are compared by hashes of eight bytes, because there can be millions; see
:class:`~sitemap_cli.services.shared.url_keys.UrlKeys` for how seldom two are the same.
"""

from array import array
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.text_columns import TextColumn
from sitemap_cli.services.history.document_columns import (
    DocumentReader,
    EntryValues,
    list_windows,
    load_range,
    load_windows,
    pick_values,
    split_values,
)
from sitemap_cli.services.history.document_pairs import Pair, compare_pair
from sitemap_cli.services.history.listed_documents import Group, ListedDocument, list_pairs, pair_documents
from sitemap_cli.services.shared.url_keys import PARTS, UrlKeys, load_locs
from sitemap_cli.urls import identify_url

LARGE = 200_000
"""Entries from which on two documents are not compared as a whole."""
MAX_KEPT = 100_000
"""URLs that are kept as a set, and changed entries whose older values are kept; more are looked up."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """The URLs of a group that the comparison of documents of one sitemap does not decide about.

    ``unsettled`` are the keys of all of them: both jobs list them. ``changed`` are those whose entry changed,
    and ``old_values`` looks up their values in the older job. ``repeated_added`` and ``repeated_removed`` are
    URLs that several documents list, and only of one of the jobs.
    """

    unsettled: "KeySet"
    changed: UrlKeys
    repeated_added: UrlKeys
    repeated_removed: UrlKeys
    old_values: "OldValues"


class KeySet:
    """A set of URLs by their keys: a real set if there are few."""

    __slots__ = ("count", "has_key", "keys")

    def __init__(self, keys: UrlKeys) -> None:
        self.keys = keys
        self.count = keys.count()
        self.has_key: Callable[[int], bool] = keys.has_key
        if self.count <= MAX_KEPT:
            self.has_key = set(keys).__contains__


class OldValues:
    """Looks up values that URLs had in an older job: of their first entry there, or of another one.

    Each look-up begins where the one before ended, because most sites list their URLs in the same order
    again. So the documents are read once in all, and not once for each look-up.
    """

    __slots__ = ("_at", "_kept", "_ranges")

    def __init__(self, documents: Iterable[ListedDocument]) -> None:
        self._ranges = list_windows(documents)
        self._at = 0
        self._kept: dict[int, EntryValues] | None = None

    async def keep(self, session: AsyncSession, wanted: UrlKeys) -> None:
        """Look up all URLs at once, if they are few.

        Raises:
            NotFoundError: a document was removed.
        """
        self._kept = await self.load(session, wanted)

    async def load(self, session: AsyncSession, wanted: Iterable[int]) -> dict[int, EntryValues]:
        """Return the values of URLs by their keys.

        Raises:
            NotFoundError: a document was removed.
        """
        if self._kept is not None:
            return self._kept
        left, found = set(wanted), dict[int, EntryValues]()
        for _ in self._ranges:
            for window in await load_range(session, self._ranges[self._at]):
                keys = [*map(hash, window.listing.ids)]
                places = [at for at, key in enumerate(keys) if key in left]
                values = split_values(window.columns) if places else ()
                found |= {keys[at]: pick_values(values, at) for at in reversed(places)}
                left.difference_update(keys)
            if not left:
                break
            self._at = (self._at + 1) % len(self._ranges)
        return found


@dataclass(frozen=True, slots=True)
class _PairKeys:
    """What the comparison of a pair found, as keys; of a large pair, all its URLs are on one side."""

    pair: Pair
    added: "array[int]" = field(default_factory=lambda: array("q"))
    removed: "array[int]" = field(default_factory=lambda: array("q"))
    changed: "array[int]" = field(default_factory=lambda: array("q"))

    @property
    def lists_common(self) -> bool:
        """Whether both documents can list a URL."""
        old, new = self.pair
        if old is None or new is None or is_large(self.pair):
            return False
        return len(self.added) < new.urls


@dataclass(frozen=True, slots=True)
class _RowKeys:
    """Entries by the keys of their URLs, each with a hash of its values."""

    keys: "list[array[int]]" = field(default_factory=lambda: [array("q") for _ in range(PARTS)])
    rows: "list[array[int]]" = field(default_factory=lambda: [array("q") for _ in range(PARTS)])

    def add_entries(self, ids: Iterable[str], columns: Sequence[TextColumn], wanted: KeySet) -> None:
        keys, rows = self.keys, self.rows
        places = [(at, key) for at, key in enumerate(map(hash, ids)) if wanted.has_key(key)]
        hashes = [*map(hash, zip(*split_values(columns), strict=True))] if places else ()
        for at, key in places:
            keys[key & 255].append(key)
            rows[key & 255].append(hashes[at])

    def list_changed(self, older: "_RowKeys") -> UrlKeys:
        """Return the URLs that are on both sides, without an entry that is the same."""
        parts = zip(self.keys, self.rows, older.keys, older.rows, strict=True)
        return UrlKeys(sorted(_list_changed(*each)) for each in parts)


def _list_changed(
    keys: "array[int]", rows: "array[int]", old_keys: "array[int]", old_rows: "array[int]"
) -> set[int]:
    old_pairs = zip(old_keys, old_rows, strict=True)
    same = {key for key, _ in set(zip(keys, rows, strict=True)).intersection(old_pairs)}
    return set(keys).intersection(old_keys) - same


def is_large(documents: Collection[ListedDocument | None]) -> bool:
    """Return whether documents are too large to be compared as a whole."""
    return any(each is not None and each.urls > LARGE for each in documents)


async def resolve_group(session: AsyncSession, group: Group, *, is_unique: bool) -> Resolution:
    """Find the URLs of a group that cannot be judged by the documents of one sitemap alone.

    ``is_unique`` says that neither job lists a URL twice: then they are those that moved.

    Raises:
        NotFoundError: a document was removed.
    """
    documents = pair_documents(group.old, group.new)
    reader = DocumentReader(list_pairs(documents))
    pairs = [await _load_pair(session, pair, reader) for pair in documents]
    added, removed = UrlKeys(), UrlKeys()
    for each in pairs:
        added.add_keys(each.added)
        removed.add_keys(each.removed)
    unsettled, repeated = added.intersect(removed), (UrlKeys(), UrlKeys())
    if not is_unique:
        listed, changed = await _load_listed_again(session, pairs, group.common), UrlKeys()
        for each in pairs:
            changed.add_keys(each.changed)
        again = [each.intersect(listed) for each in (added, removed, changed)]
        elsewhere = (changed.intersect(added), changed.intersect(removed), changed.list_repeated())
        unsettled = UrlKeys.unite(unsettled, *again, *elsewhere)
        repeated = added.list_repeated(), removed.list_repeated()
        del listed, changed, again, elsewhere
    # A set of a large sitemap takes megabytes.
    del pairs, added, removed
    wanted = KeySet(unsettled.sort())
    found = await _list_changed_of(session, group, wanted) if wanted.count else UrlKeys()
    values = OldValues(group.old)
    if 0 < found.count() <= MAX_KEPT:
        await values.keep(session, found)
    return Resolution(wanted, found, *repeated, values)


async def _load_pair(session: AsyncSession, pair: Pair, reader: DocumentReader) -> _PairKeys:
    found = _PairKeys(pair)
    if not is_large(pair):
        difference = await compare_pair(session, pair, reader)
        found.added.extend(map(hash, difference.added.ids))
        found.removed.extend(map(hash, difference.removed.ids))
        found.changed.extend(hash(each.id) for each in difference.changed)
        return found
    for document, keys in zip(pair, (found.removed, found.added), strict=True):
        if document is not None:
            async for window in load_windows(session, [document]):
                keys.extend(map(hash, window.listing.ids))
    return found


async def _load_listed_again(
    session: AsyncSession, pairs: Sequence[_PairKeys], common: Sequence[ListedDocument]
) -> UrlKeys:
    """Return URLs that both jobs list apart from what the pairs found: at least those that pairs found, too.

    These are the URLs of common documents, and those that both documents of a pair list.
    """
    found = UrlKeys()
    count = sum(len(keys) for each in pairs for keys in (each.added, each.removed, each.changed))
    if not count:
        return found
    few = None
    if count <= MAX_KEPT:
        few = {key for each in pairs for keys in (each.added, each.removed, each.changed) for key in keys}
    async for keys in _load_keys(session, common):
        found.add_keys(keys if few is None else few.intersection(keys))
    known = {each.pair[1].id: each for each in pairs if each.pair[1] is not None and each.lists_common}
    documents = [each.pair[1] for each in pairs if each.pair[1] is not None and each.lists_common]
    async for window in load_windows(session, documents):
        own, pair = {*map(hash, window.listing.ids)}, known[window.document.id]
        found.add_keys((own if few is None else few & own).difference(pair.added, pair.changed))
    return found


async def _load_keys(
    session: AsyncSession, documents: Iterable[ListedDocument]
) -> AsyncIterator[Iterable[int]]:
    """Yield the keys of the URLs of documents, some at a time."""
    by_spelling: tuple[list[int], list[int]] = ([], [])
    for each in documents:
        by_spelling[each.is_respelled].append(each.id)
    for ids, is_respelled in zip(by_spelling, (False, True), strict=True):
        async for page in load_locs(session, ids):
            yield map(hash, map(identify_url, page.locs) if is_respelled else page.locs)


async def _list_changed_of(session: AsyncSession, group: Group, wanted: KeySet) -> UrlKeys:
    """Return those URLs of which no entry is as one in the older job."""
    then, now = _RowKeys(), _RowKeys()
    for documents, rows in ((group.old, then), (group.new, now)):
        async for window in load_windows(session, documents):
            rows.add_entries(window.listing.ids, window.columns, wanted)
    both = UrlKeys()
    async for keys in _load_keys(session, group.common):
        both.add_keys(filter(wanted.has_key, keys))
    return now.list_changed(then).subtract(both)
