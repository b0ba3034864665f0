"""A batch of what a reader yields: entries as columns, and the children and problems between them.

A million entries pass from the parser to the database in such columns. Only the iteration over a batch
makes objects.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, compress, islice, repeat, starmap
from typing import Any

from msgspec.structs import replace

from sitemap_cli.model.values import Child, Entry, Item, Problem

Texts = Sequence[str | None]
"""A column of optional texts."""
Extensions = Sequence[dict[str, Any] | None]
"""A column of the extensions of entries."""


class EntryColumns:
    """Entries in document order, as one list per field of :class:`~sitemap_cli.model.values.Entry`."""

    __slots__ = ("changefreqs", "extensions", "lastmod_utcs", "lastmods", "lines", "locs", "priorities")

    def __init__(self) -> None:
        self.locs: list[str] = []
        self.lastmods: list[str | None] = []
        self.lastmod_utcs: list[int | None] = []
        self.changefreqs: list[str | None] = []
        self.priorities: list[str | None] = []
        self.lines: list[int | None] = []
        self.extensions: list[dict[str, Any] | None] = []

    def __len__(self) -> int:
        """Return the number of entries."""
        return len(self.locs)

    def add(self, entry: Entry) -> None:
        """Add one entry."""
        self.locs.append(entry.loc)
        self.lastmods.append(entry.lastmod)
        self.lastmod_utcs.append(entry.lastmod_utc)
        self.changefreqs.append(entry.changefreq)
        self.priorities.append(entry.priority)
        self.lines.append(entry.line)
        self.extensions.append(entry.extensions)

    def extend(
        self,
        locs: Sequence[str],
        lastmods: Texts,
        lastmod_utcs: Sequence[int | None],
        changefreqs: Texts,
        priorities: Texts,
        lines: Iterable[int | None],
        extensions: Extensions = (),
    ) -> None:
        """Add entries given as columns; none of them has extensions if that column is empty."""
        self.locs += locs
        self.lastmods += lastmods
        self.lastmod_utcs += lastmod_utcs
        self.changefreqs += changefreqs
        self.priorities += priorities
        self.lines += lines
        self.extensions += extensions
        self.extensions += repeat(None, len(self.locs) - len(self.extensions))

    def select(self, kept: Sequence[bool]) -> "EntryColumns":
        """Return the entries for which ``kept`` is true; it has one value per entry."""
        selected = EntryColumns()
        selected.extend(*(list(compress(column, kept)) for column in self.columns))
        return selected

    def __iter__(self) -> Iterator[Entry]:
        """Yield each entry as an object."""
        return starmap(Entry, zip(*self.columns, strict=True))

    @property
    def columns(self) -> tuple[list[Any], ...]:
        """The columns in the order of the fields of ``Entry``."""
        return (
            self.locs,
            self.lastmods,
            self.lastmod_utcs,
            self.changefreqs,
            self.priorities,
            self.lines,
            self.extensions,
        )


class ItemBatch:
    """Consecutive items of one document.

    ``others`` are the children and problems, ``places`` the number of entries before each of these.
    """

    __slots__ = ("entries", "others", "places")

    def __init__(self) -> None:
        self.entries = EntryColumns()
        self.others: list[Child | Problem] = []
        self.places: list[int] = []

    def add_other(self, item: Child | Problem) -> None:
        """Add a child or problem after the last entry."""
        self.others.append(item)
        self.places.append(len(self.entries))

    @property
    def children(self) -> list[Child]:
        """The sitemaps that an index lists, in document order."""
        return [each for each in self.others if isinstance(each, Child)]

    @property
    def problems(self) -> list[Problem]:
        """The problems, in document order."""
        return [each for each in self.others if isinstance(each, Problem)]

    def select_entries(self, kept: Sequence[bool], dropped: int = 0) -> "ItemBatch":
        """Return the items without the entries for which ``kept`` is false; it has one value per entry.

        ``dropped`` is the number of entries of the document that were dropped before.
        """
        selected = ItemBatch()
        selected.entries = self.entries.select(kept)
        counts = list(accumulate(kept, initial=0))
        selected.places = [counts[place] for place in self.places]
        child_place = -1
        for item, place in zip(reversed(self.others), reversed(self.places), strict=True):
            if isinstance(item, Child):
                child_place = place
            elif item.entry and place != child_place:
                # Its entry follows it at once.
                number = item.entry - dropped - place + counts[place] if kept[place] else 0
                item = replace(item, entry=number)  # noqa: PLW2901 - the same problem
            selected.others.append(item)
        selected.others.reverse()
        return selected

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.entries) + len(self.others)

    def __iter__(self) -> Iterator[Item]:
        """Yield the items as objects, in document order."""
        entries, done = iter(self.entries), 0
        for item, place in zip(self.others, self.places, strict=True):
            yield from islice(entries, place - done)
            yield item
            done = place
        yield from entries
