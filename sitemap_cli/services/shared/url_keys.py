"""Sets of URLs that count equivalent spellings as one, for millions of URLs.

The database compares URLs as text. That is right, and much faster, where all of them are in their canonical
spelling; :func:`list_respelled_documents` finds the documents where they are not.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.text_columns import SEPARATOR
from sitemap_cli.services.shared.entry_packing import LOC
from sitemap_cli.services.shared.joined_columns import find_dialect, select_joined
from sitemap_cli.services.shared.packed_documents import load_columns
from sitemap_cli.storage import models
from sitemap_cli.storage.declarative_base import bind_ids
from sitemap_cli.storage.models import RESPELLED, Document, entries
from sitemap_cli.urls import identify_url

WINDOW = 30_000
"""URLs that are loaded at a time."""

PARTS = 256

_ENTRY = entries.c
_DOCUMENT = models.table_of(Document).c

# What is not known of a document of an older version may be.
_LIST_RESPELLED = select(_DOCUMENT.id).where(
    _DOCUMENT.id.in_(bind_ids("documents")),
    func.coalesce(cast(_DOCUMENT.codes[RESPELLED].as_string(), Integer), 1) > 0,
)
_SIZES = select(_DOCUMENT.id, _DOCUMENT.urls, _DOCUMENT.is_packed).where(
    _DOCUMENT.id.in_(bind_ids("documents"))
)


class UrlKeys:
    """A set of URLs by their canonical spelling.

    It has a key of eight bytes for each URL: a hash, which is the same for two of ten million URLs with a
    probability of one in a million. The keys are in parts, so that only one part at a time needs more memory.
    """

    __slots__ = ("_parts", "_taken")

    def __init__(self, parts: Iterable[Iterable[int]] = ((),) * PARTS) -> None:
        self._parts = [array("q", part) for part in parts]
        self._taken = list[bytearray]()

    def __iter__(self) -> Iterator[int]:
        return chain.from_iterable(self._parts)

    def add_keys(self, keys: Iterable[int]) -> None:
        """Add URLs by their keys."""
        parts = self._parts
        for key in keys:
            parts[key & 255].append(key)

    def count(self) -> int:
        """Return the number of different URLs."""
        return sum(len(set(part)) for part in self._parts)

    @staticmethod
    def unite(*sets: "UrlKeys") -> "UrlKeys":
        """Return the URLs that are in any of the sets."""
        parts = zip(*(each._parts for each in sets), strict=True)  # noqa: SLF001 - of this class
        return UrlKeys(chain.from_iterable(several) for several in parts)

    def sort(self) -> "UrlKeys":
        """Return the same set in the order that :meth:`has_key` needs."""
        return UrlKeys(sorted(set(part)) for part in self._parts)

    def list_repeated(self) -> "UrlKeys":
        """Return the URLs that were added more than once."""
        return UrlKeys(map(_list_repeated, self._parts))

    def subtract(self, *others: "UrlKeys") -> "UrlKeys":
        """Return the URLs that are in none of the other sets."""
        parts = zip(self._parts, *(each._parts for each in others), strict=True)  # noqa: SLF001 - of this class
        return UrlKeys(sorted(set(own).difference(*rest)) for own, *rest in parts)

    def intersect(self, other: "UrlKeys") -> "UrlKeys":
        """Return the URLs that are in the other set, too."""
        parts = zip(self._parts, other._parts, strict=True)  # noqa: SLF001 - of this class
        return UrlKeys(sorted(set(own).intersection(rest)) for own, rest in parts)

    def has_key(self, key: int) -> bool:
        """Return whether a URL is in a set that another method of this class returned, which sorts it."""
        part = self._parts[key & 255]
        at = bisect_left(part, key)
        return at < len(part) and part[at] == key

    def take_key(self, key: int) -> bool:
        """Return whether :meth:`has_key` is true, but only the first time for each URL."""
        self._taken = self._taken or [bytearray(len(part)) for part in self._parts]
        part, taken = self._parts[key & 255], self._taken[key & 255]
        at = bisect_left(part, key)
        if at == len(part) or part[at] != key or taken[at]:
            return False
        taken[at] = 1
        return True


class LocPage(NamedTuple):
    """Consecutive URLs of a document, and the position of the first."""

    document_id: int
    first: int
    locs: list[str]


def make_key(url: str) -> int:
    """Return the same number for all spellings of a URL."""
    return hash(identify_url(url))


def is_respelled(codes: Mapping[str, int] | None) -> bool:
    """Return whether a document with these codes may list URLs in another spelling than the canonical one."""
    return (codes or {}).get(RESPELLED, 1) > 0


async def list_respelled_documents(session: AsyncSession, documents: Collection[int]) -> set[int]:
    """Return those documents that may list a URL in another spelling than its canonical one."""
    if not documents:
        return set()
    return set(await session.scalars(_LIST_RESPELLED, {"documents": sorted(documents)}))


async def load_keys(
    session: AsyncSession, documents: Collection[int], identify: Callable[[str], str] = identify_url
) -> UrlKeys:
    """Return the set of the URLs that documents list; ``identify`` returns the spelling that counts."""
    keys = UrlKeys()
    async for page in load_locs(session, documents):
        keys.add_keys(map(hash, map(identify, page.locs)))
    return keys


async def load_locs(session: AsyncSession, documents: Collection[int]) -> AsyncIterator[LocPage]:
    """Yield the URLs of documents, by document and position; those of packed documents come first."""
    if not documents:
        return
    sizes = (await session.execute(_SIZES, {"documents": sorted(documents)})).all()
    joined = _select_locs(await find_dialect(session))
    for row in sizes:
        if row.is_packed:
            async for page in _unpack_locs(session, row.id):
                yield page
    for parameters in _split_into_windows(
        {row.id: row.urls for row in sizes if row.urls and not row.is_packed}
    ):
        for document, _, text in await session.execute(joined, parameters):
            yield LocPage(document, parameters["first"], text.split(SEPARATOR))


async def _unpack_locs(session: AsyncSession, document_id: int) -> AsyncIterator[LocPage]:
    columns = await load_columns(session, document_id)
    locs = list(columns[LOC])
    for first in range(0, len(locs), WINDOW):
        yield LocPage(document_id, first + 1, locs[first : first + WINDOW])


@cache
def _select_locs(dialect: str) -> Select[*tuple[Any, ...]]:
    """Return a SELECT of the joined URLs of each document between two positions."""
    here = _ENTRY.position.between(bindparam("first"), bindparam("last"))
    listed = _ENTRY.document_id.in_(bind_ids("documents"))
    return select_joined(dialect, [_ENTRY.loc], listed, here, key=[_ENTRY.document_id])


def _split_into_windows(sizes: dict[int, int]) -> Iterator[dict[str, Any]]:
    """Yield documents and positions to load at a time: some small documents, or a part of a large one."""
    small, size = list[int](), 0
    for document in sorted(sizes):
        if sizes[document] > WINDOW:
            for first in range(1, sizes[document] + 1, WINDOW):
                yield {"documents": [document], "first": first, "last": first + WINDOW - 1}
            continue
        if size + sizes[document] > WINDOW:
            yield {"documents": small, "first": 1, "last": WINDOW}
            small, size = [], 0
        small.append(document)
        size += sizes[document]
    if small:
        yield {"documents": small, "first": 1, "last": WINDOW}


def _list_repeated(part: "array[int]") -> list[int]:
    ordered = sorted(part)
    return [key for at, key in enumerate(ordered[1:]) if key == ordered[at]]


async def find_other_spellings(
    session: AsyncSession, documents: Collection[int], urls: Collection[str]
) -> dict[str, tuple[int, int]]:
    """Return those URLs that documents list in whichever spelling, with document and position of the first.

    Documents that cannot list them in another spelling are left out.
    """
    wanted = defaultdict[str, list[str]](list)
    for url in urls:
        wanted[identify_url(url)].append(url)
    is_respelled = any([url] != several for url, several in wanted.items())
    places = dict[str, tuple[int, int]]()
    where = documents if is_respelled else await list_respelled_documents(session, documents)
    async for page in load_locs(session, where if wanted else ()):
        for position, loc in enumerate(page.locs, page.first):
            places |= dict.fromkeys(wanted.pop(identify_url(loc), ()), (page.document_id, position))
    return places
