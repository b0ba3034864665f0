"""Entries in columns, so that a rule can search tens of thousands of them with one regular expression.

A column is one text with a separator before and after every value. A rule searches the whole text in C, and
looks at single values only where something was found. A Python loop over the values of a million entries
takes a second for each rule.
"""

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cached_property, lru_cache
from typing import Any

import msgspec

from sitemap_cli.audit.facts import SiteFact, SitemapFact
from sitemap_cli.audit.hit import Hit, format_value
from sitemap_cli.model import text_columns
from sitemap_cli.urls import textual_origin

SEPARATOR = text_columns.SEPARATOR
"""Stands before and after every value; neither XML nor a URL can contain it."""

_ENDS_NAME = f"=&#?{SEPARATOR}"
_FEW_NAMES = 6
_ROOT = re.compile(r"[A-Za-z]+://[^/?#]*")
_decode = msgspec.json.Decoder().decode


class Column:
    """The values of one field of all entries, in order; a missing value is empty."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def values(self) -> list[str]:
        """The values; splitting the text costs as much as one or two searches."""
        return self.text[1:-1].split(SEPARATOR)

    @cached_property
    def distinct_values(self) -> frozenset[str]:
        """The set of values."""
        return frozenset({""}) if self.is_empty else frozenset(self.values)

    @cached_property
    def has_gaps(self) -> bool:
        """Whether some entries do not have the field."""
        return SEPARATOR * 2 in self.text

    def list_characters(self, characters: str) -> str:
        """Return those of some characters that occur; this is much faster than a regular expression."""
        return "".join(each for each in characters if each in self.text)

    @cached_property
    def is_empty(self) -> bool:
        """Whether no entry has the field."""
        return not self.text.strip(SEPARATOR)

    def search(self, pattern: re.Pattern[str]) -> Iterator[int]:
        """Yield the index of each value in which a pattern is found.

        The pattern can begin with a separator to match the beginning of a value. It must match at least one
        character, and neither contain a separator elsewhere nor end with one (use a look-ahead).
        """
        text, at, index, last = self.text, 0, -1, -1
        for found in pattern.finditer(text):
            index += text.count(SEPARATOR, at, found.end())
            at = found.end()
            if index != last:
                last = index
                yield index

    def search_values(self, values: AbstractSet[str]) -> Iterator[int]:
        """Yield the index of each value that is in a set."""
        return (index for index, value in enumerate(self.values) if value in values) if values else iter(())

    def report_values(self, indexes: Iterable[int], what: str) -> Iterator[Hit]:
        """Yield a hit for each of these values, with the message ``what: value``."""
        for index in indexes:
            value = self.values[index]
            yield Hit(f"{what}: {format_value(value)}", index=index, value=value)

    def search_text(self, part: str) -> Iterator[int]:
        """Yield the index of each value that contains a text."""
        return self.search(re.compile(re.escape(part))) if part in self.text else iter(())


class Batch:
    """Consecutive entries of one sitemap."""

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

    def report_entries(self, indexes: Iterable[int], message: str, fix: str | None = None) -> Iterator[Hit]:
        """Yield a hit for each of these entries, whose URL is the value that is wrong."""
        # Most rules find nothing, and then the text need not be split.
        for index in indexes:
            loc = self.locs.values[index]
            yield Hit(message, loc=loc, index=index, value=loc, fix=fix)

    @property
    def has_only_zoned_times(self) -> bool:
        """Whether every lastmod with a time has a zone, and none a zone west of Greenwich."""
        text = self.lastmods.text
        # With invalid values, such as a day with a zone, the two counts can agree by accident.
        zoned = text.count("+") + (text.count(f"Z{SEPARATOR}") if "Z" in text else 0)
        return self.sitemap.has_valid_dates and text.count("T") == zoned

    @cached_property
    def has_only_own_origin(self) -> bool:
        """Whether every URL begins with the origin of the sitemap, in its usual spelling."""
        own = self.sitemap.origin
        if self.sitemap.common_prefix.startswith(own):
            return True
        return self.locs.text.count(f"{SEPARATOR}{own}") == self.size

    @property
    def common_path(self) -> str:
        """What the paths of all URLs begin with, without the slash; empty if that is not known."""
        prefix, own = self.sitemap.common_prefix, self.sitemap.origin
        return prefix.removeprefix(own) if prefix.startswith(own) else ""

    @cached_property
    def parameter_names(self) -> frozenset[str]:
        """The names of all parameters, percent-encoded as they are."""
        marks = "?&" if "?" in self.locs.text else ""
        return frozenset(name for mark in marks for name in _list_names(self.locs.text, mark))

    @cached_property
    def dots_in_paths(self) -> int:
        """The number of dots after the origins of the URLs; a larger one if some have another origin."""
        return self._count_after_origins(".")

    @cached_property
    def colons_in_paths(self) -> int:
        """The number of colons after the origins of the URLs; a larger one if some have another origin."""
        return self._count_after_origins(":")

    def _count_after_origins(self, character: str) -> int:
        in_origins = self.sitemap.origin.count(character) * self.size if self.has_only_own_origin else 0
        return self.locs.text.count(character) - in_origins

    @cached_property
    def canonical_locs(self) -> Column:
        """The URLs with their origins in canonical spelling; the rest of each is as written."""
        if self.has_only_own_origin:
            return self.locs
        return build_url_column(self.locs.values)

    @cached_property
    def foreign_entries(self) -> list[tuple[int, str]]:
        """The index and the origin of each entry whose origin is not that of the sitemap."""
        own = self.sitemap.origin
        if self.has_only_own_origin:
            return []
        others = ((at, loc) for at, loc in enumerate(self.locs.values) if not loc.startswith(own))
        found = ((at, _match_origin(_ROOT.match(loc))) for at, loc in others)
        return [(at, root) for at, root in found if root != own]

    def iter_extensions(self, key: str) -> Iterator[tuple[int, Any]]:
        """Yield the index of each entry with an extension such as ``images``, and the value of that."""
        return ((index, values[key]) for index, values in self._decoded_extensions if key in values)

    @cached_property
    def foreign_origins(self) -> frozenset[str]:
        """The origins other than that of the sitemap."""
        return frozenset(root for _, root in self.foreign_entries)

    def iter_extension_objects(self, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the index of the entry and the object for each object of an extension, such as an image."""
        for index, value in self.iter_extensions(key):
            objects = value if isinstance(value, list) else [value]
            yield from ((index, each) for each in objects if isinstance(each, dict))

    @cached_property
    def _decoded_extensions(self) -> list[tuple[int, dict[str, Any]]]:
        if self.extensions.is_empty:
            return []
        return [(at, _decode(value)) for at, value in enumerate(self.extensions.values) if value]


def _list_names(text: str, mark: str) -> Iterable[str]:
    """Return the names of the parameters behind a mark.

    Most sites have a few names: a search for any other one takes a tenth of the time of listing all.
    """
    known = list[str]()
    name = rf"{re.escape(mark)}([^{_ENDS_NAME}]*+)"
    other = name
    while len(known) < _FEW_NAMES:
        if (found := re.search(other, text)) is None:
            return known
        known.append(found[1])
        names = "|".join(map(re.escape, known))
        other = rf"{re.escape(mark)}(?!(?:{names})[{_ENDS_NAME}])([^{_ENDS_NAME}]*+)"
    return re.findall(name, text)


def build_url_column(urls: Iterable[str]) -> Column:
    """Return a column of URLs with their origins in canonical spelling; the rest of each is as written."""
    rewritten = (_rewrite_origin(url, _ROOT.match(url)) for url in urls)
    return Column(f"{SEPARATOR}{SEPARATOR.join(rewritten)}{SEPARATOR}")


@lru_cache(maxsize=10_000)
def _cached_origin(root: str) -> str:
    return textual_origin(root)


def _rewrite_origin(loc: str, root: re.Match[str] | None) -> str:
    return _match_origin(root) + loc[root.end() :].removeprefix("/") if root else loc


def _match_origin(root: re.Match[str] | None) -> str:
    return _cached_origin(root[0]) if root else ""


class Columns(msgspec.Struct, frozen=True):
    """The texts of the columns of a batch.

    ``first`` is the position of the first entry in the document, from 1, ``size`` the number of entries.
    ``extensions`` are JSON objects; the column can be left out if no entry has any.
    """

    first: int
    size: int
    locs: str
    lastmods: str
    changefreqs: str
    priorities: str
    extensions: str = SEPARATOR
