"""Entries by columns, so that a rule can screen fifty thousand of them with one search in C.

A column is one text in which every value stands between two separators. A rule searches the whole text,
and looks at single values only where something was found: a loop of ours over the values of a million
entries would take a second for each rule.
"""

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cached_property, lru_cache
from typing import Any

import msgspec

from sitemap_cli.audit.facts import SiteFact, SitemapFact
from sitemap_cli.audit.hit import Hit, format_value
from sitemap_cli.urls import textual_origin

SEPARATOR = "\x1f"
"""Stands before and after every value; no XML, and no address, can hold it."""

_ROOT = re.compile(r"[A-Za-z]+://[^/?#]*")
_decode = msgspec.json.Decoder().decode


class Column:
    """The values of one field, in order; a missing one is empty."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def values(self) -> list[str]:
        """Every value; costs as much as a search or two."""
        return self.text[1:-1].split(SEPARATOR)

    @cached_property
    def distinct_values(self) -> frozenset[str]:
        """Every value once."""
        return frozenset({""}) if self.is_empty else frozenset(self.values)

    @cached_property
    def is_empty(self) -> bool:
        """Whether no entry has the field."""
        return not self.text.strip(SEPARATOR)

    def search(self, pattern: re.Pattern[str]) -> Iterator[int]:
        """The indexes of the values in which a pattern is found, each once.

        The pattern may begin with a separator to mean the beginning of a value; it must neither run over
        one nor end with one (a look-ahead may), and match at least one character.
        """
        text, at, index, last = self.text, 0, -1, -1
        for found in pattern.finditer(text):
            index += text.count(SEPARATOR, at, found.end())
            at = found.end()
            if index != last:
                last = index
                yield index

    def search_values(self, values: AbstractSet[str]) -> Iterator[int]:
        """Yield the indexes of the values that are in a set."""
        return (index for index, value in enumerate(self.values) if value in values) if values else iter(())

    def report_values(self, indexes: Iterable[int], what: str) -> Iterator[Hit]:
        """Yield a hit for each of these values, with the message ``what: value``."""
        return (Hit(f"{what}: {format_value(self.values[index])}", index=index) for index in indexes)

    def search_text(self, part: str) -> Iterator[int]:
        """The indexes of the values that contain a text, each once."""
        return self.search(re.compile(re.escape(part))) if part in self.text else iter(())


class Batch:
    """Some entries of one sitemap, in order."""

    def __init__(self, site: SiteFact, sitemap: SitemapFact, columns: "Columns") -> None:
        self.site = site
        self.sitemap = sitemap
        self.first_position = columns.first
        self.size = columns.size
        self.locs = Column(columns.locs)
        self.lastmods = Column(columns.lastmods)
        self.changefreqs = Column(columns.changefreqs)
        self.priorities = Column(columns.priorities)
        self.extensions = Column(columns.extensions)

    def report_entries(self, indexes: Iterator[int], message: str) -> Iterator[Hit]:
        """A hit for each of these entries; ``{loc}`` in the message is its address."""
        if "{loc}" not in message:
            yield from (Hit(message, index=index) for index in indexes)
            return
        for index in indexes:
            loc = self.locs.values[index]
            yield Hit(message.replace("{loc}", format_value(loc)), loc=loc, index=index)

    @property
    def has_only_zoned_times(self) -> bool:
        """Whether every lastmod with a time has a zone, and none a zone west of Greenwich."""
        text = self.lastmods.text
        # Something invalid, such as a day with a zone, might make up for a time without.
        return self.sitemap.has_valid_dates and text.count("T") == text.count(f"Z{SEPARATOR}") + text.count(
            "+"
        )

    @cached_property
    def has_only_own_origin(self) -> bool:
        """Whether every address begins with the sitemap's own origin, written in the usual way."""
        return self.locs.text.count(f"{SEPARATOR}{self.sitemap.origin}") == self.size

    @cached_property
    def foreign_entries(self) -> list[tuple[int, str]]:
        """The entries that are not below the sitemap's own origin: their indexes, and their origins."""
        own = self.sitemap.origin
        if self.has_only_own_origin:
            return []
        others = ((at, loc) for at, loc in enumerate(self.locs.values) if not loc.startswith(own))
        found = ((at, _match_origin(_ROOT.match(loc))) for at, loc in others)
        return [(at, root) for at, root in found if root != own]

    def iter_extensions(self, key: str) -> Iterator[tuple[int, Any]]:
        """The indexes of entries with this extension, and what it says: ``images``, ``videos`` ..."""
        return ((index, said[key]) for index, said in self._decoded_extensions if key in said)

    @cached_property
    def foreign_origins(self) -> frozenset[str]:
        """The origins of the strangers."""
        return frozenset(root for _, root in self.foreign_entries)

    def iter_extension_objects(self, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Each object of an extension, of which an entry may have several, with the index of the entry."""
        for index, said in self.iter_extensions(key):
            several = said if isinstance(said, list) else [said]
            yield from ((index, each) for each in several if isinstance(each, dict))

    @cached_property
    def _decoded_extensions(self) -> list[tuple[int, dict[str, Any]]]:
        if self.extensions.is_empty:
            return []
        return [(at, _decode(value)) for at, value in enumerate(self.extensions.values) if value]


@lru_cache(maxsize=10_000)
def _cached_origin(root: str) -> str:
    return textual_origin(root)


def _match_origin(root: re.Match[str] | None) -> str:
    return _cached_origin(root[0]) if root else ""


class Columns(msgspec.Struct, frozen=True):
    """The texts of a batch, each with a separator before and after every value.

    ``first`` is the position in the document of the first entry, ``size`` how many there are; ``extensions``
    may be left out if there are none.
    """

    first: int
    size: int
    locs: str
    lastmods: str
    changefreqs: str
    priorities: str
    extensions: str = SEPARATOR
