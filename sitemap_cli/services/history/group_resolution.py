"""Find out which URLs differ where a URL can be in several documents: it moved, or is listed several times.

URLs and entries are compared by hashes of eight bytes, because there can be millions of them; see
:class:`~sitemap_cli.services.shared.url_keys.UrlKeys` for how seldom two are the same.
"""

from array import array
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.text_columns import TextColumn
from sitemap_cli.services.history.document_columns import (
    EntryValues,
    load_windows,
    pick_values,
    split_values,
)
from sitemap_cli.services.history.document_pairs import compare_pair
from sitemap_cli.services.history.listed_documents import Group, ListedDocument, pair_documents
from sitemap_cli.services.shared.url_keys import PARTS, UrlKeys, load_keys, load_locs
from sitemap_cli.urls import identify_url

LARGE = 200_000
"""Entries from which on two documents are not compared as a whole."""
MAX_KEPT = 100_000
"""Changed entries whose older values are kept in memory; those of more are looked up for each step."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """The URLs of a group that were added, removed or changed, and the older values of the changed ones.

    If every URL is listed once, ``changed`` only has those that moved from one sitemap to another.
    ``old_values`` is None if they are too many.
    """

    added: UrlKeys
    removed: UrlKeys
    changed: UrlKeys
    old: Sequence[ListedDocument]
    old_values: "dict[int, EntryValues] | None" = None


@dataclass(frozen=True, slots=True)
class _RowKeys:
    """Entries by the keys of their URLs, each with a hash of its values."""

    keys: "list[array[int]]" = field(default_factory=lambda: [array("q") for _ in range(PARTS)])
    rows: "list[array[int]]" = field(default_factory=lambda: [array("q") for _ in range(PARTS)])

    def add_entries(self, ids: Iterable[str], columns: Sequence[TextColumn], wanted: UrlKeys | None) -> None:
        keys, rows = self.keys, self.rows
        values = zip(*split_values(columns), strict=True)
        for key, row in zip(map(hash, ids), map(hash, values), strict=True):
            if wanted is None or wanted.has_key(key):
                keys[key & 255].append(key)
                rows[key & 255].append(row)

    def list_keys(self) -> UrlKeys:
        return UrlKeys(self.keys)

    def list_changed(self, older: "_RowKeys") -> UrlKeys:
        """Return the URLs that are on both sides, without an entry that is the same."""
        parts = zip(self.keys, self.rows, older.keys, older.rows, strict=True)
        return UrlKeys(sorted(_list_changed(*each)) for each in parts)


def _list_changed(
    keys: "array[int]", rows: "array[int]", old_keys: "array[int]", old_rows: "array[int]"
) -> set[int]:
    same = {
        key for key, _ in {*zip(keys, rows, strict=True)}.intersection(zip(old_keys, old_rows, strict=True))
    }
    return set(keys).intersection(old_keys) - same


async def resolve_group(session: AsyncSession, group: Group, *, is_unique: bool) -> Resolution:
    """Find the URLs of a group that differ.

    ``is_unique`` says that neither job lists a URL twice: then the documents of a sitemap need only be
    compared with one another, and what is left with that of the other sitemaps.

    Raises:
        NotFoundError: a document was removed.
    """
    if is_unique:
        added, removed = await _load_one_sided(session, group)
        moved = added.intersect(removed)
        changed = moved
        if moved.count():
            then = await _load_rows(session, group.old, moved)
            changed = (await _load_rows(session, group.new, moved)).list_changed(then)
        found = Resolution(added.subtract(removed), removed.subtract(added), changed, group.old)
    else:
        then, now = [await _load_rows(session, each, None) for each in (group.old, group.new)]
        new, old, changed = now.list_keys(), then.list_keys(), now.list_changed(then)
        added, removed = new.subtract(old), old.subtract(new)
        both = await _load_listed(session, group.common, added, removed, changed)
        found = Resolution(added.subtract(both), removed.subtract(both), changed.subtract(both), group.old)
    if found.changed.count() > MAX_KEPT:
        return found
    values = await load_old_values(session, group.old, found.changed) if found.changed.count() else {}
    return Resolution(found.added, found.removed, found.changed, group.old, values)


async def _load_listed(session: AsyncSession, documents: Collection[int], *wanted: UrlKeys) -> UrlKeys:
    """Return the URLs that documents list, at least those of them that are wanted."""
    count = sum(each.count() for each in wanted)
    if count > MAX_KEPT or not count:
        return await load_keys(session, documents if count else ())
    # Most documents list none of a few URLs, and a set finds that out quickly.
    keys, found = {key for each in wanted for key in each}, UrlKeys()
    async for page in load_locs(session, documents):
        found.add_keys(keys.intersection(map(hash, map(identify_url, page.locs))))
    return found


async def load_old_values(
    session: AsyncSession, documents: Iterable[ListedDocument], wanted: UrlKeys
) -> dict[int, EntryValues]:
    """Return the values of the first entry of each URL in documents, by key."""
    found, left = dict[int, EntryValues](), wanted.count()
    for document in documents:
        async for listing, columns in load_windows(session, document):
            places = [
                (key, at)
                for at, key in enumerate(map(hash, listing.ids))
                if wanted.has_key(key) and key not in found
            ]
            values = split_values(columns) if places else ()
            for key, at in reversed(places):
                found[key] = pick_values(values, at)
            if len(found) == left:
                return found
    return found


async def _load_one_sided(session: AsyncSession, group: Group) -> tuple[UrlKeys, UrlKeys]:
    """Return the URLs that only the newer or only the older document of a sitemap lists, in this order."""
    added, removed = UrlKeys(), UrlKeys()
    for pair in pair_documents(group.old, group.new):
        if is_large(pair):
            for document, keys in zip(pair, (removed, added), strict=True):
                if document is not None:
                    async for listing, _ in load_windows(session, document):
                        keys.add_keys(map(hash, listing.ids))
            continue
        difference = await compare_pair(session, pair)
        added.add_keys(map(hash, difference.added.ids))
        removed.add_keys(map(hash, difference.removed.ids))
    return added, removed


def is_large(documents: Collection[ListedDocument | None]) -> bool:
    """Return whether documents are too large to be compared as a whole."""
    return any(each is not None and each.urls > LARGE for each in documents)


async def _load_rows(
    session: AsyncSession, documents: Iterable[ListedDocument], wanted: UrlKeys | None
) -> _RowKeys:
    """Return the entries of documents, all or those of the URLs that are wanted."""
    found = _RowKeys()
    for document in documents:
        async for listing, columns in load_windows(session, document):
            found.add_entries(listing.ids, columns, wanted)
    return found
