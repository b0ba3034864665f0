"""What differs between two jobs, some URLs at a time; what a format writes of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple, Protocol

FIELDS = ("lastmod", "changefreq", "priority", "extensions")
"""The values of an entry that are compared."""


class EntryFields(Protocol):
    """What an entry says of its URL, as it is written: its :data:`FIELDS`; ``extensions`` is JSON."""

    def __iter__(self) -> Iterator[str | None]:
        """Yield the values in the order of :data:`FIELDS`."""
        ...

    @property
    def lastmod(self) -> str | None:
        """The lastmod."""
        ...

    @property
    def changefreq(self) -> str | None:
        """The changefreq."""
        ...

    @property
    def priority(self) -> str | None:
        """The priority."""
        ...

    @property
    def extensions(self) -> str | None:
        """The extensions as a JSON object."""
        ...


class ChangedEntry(Protocol):
    """A URL that both jobs list, with other values."""

    @property
    def loc(self) -> str:
        """The URL as the newer job lists it."""
        ...

    @property
    def old(self) -> EntryFields:
        """The values in the older job."""
        ...

    @property
    def new(self) -> EntryFields:
        """The values in the newer job."""
        ...


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Some of the URLs that differ.

    ``old_sitemap`` lists those that were removed, ``new_sitemap`` the others.
    """

    old_sitemap: str
    new_sitemap: str
    added: Sequence[str] = ()
    removed: Sequence[str] = ()
    changed: Sequence[ChangedEntry] = ()


class FieldColumns(NamedTuple):
    """A field of many changed entries: its older values, and its newer ones."""

    old: Sequence[str | None]
    new: Sequence[str | None]

    @property
    def is_same(self) -> bool:
        """Whether it changed in no entry."""
        return self.old == self.new


def split_fields(entries: Sequence[ChangedEntry]) -> dict[str, FieldColumns]:
    """Return the values of changed entries by field, which is much faster than to look at each entry."""
    old, new = (zip(*map(attrgetter(side), entries), strict=True) for side in ("old", "new"))
    return {name: FieldColumns(*each) for name, *each in zip(FIELDS, old, new, strict=True)}


class ComparedSide(NamedTuple):
    """One of the two that are compared: the id of a job, or what the user named; and when it was read.

    ``name`` is what a person reads: the time, or the same as ``id``.
    """

    id: str
    name: str
    time: str
