"""Reads entries with simple extensions by patterns: images, languages, videos, news, and comments between.

Like :mod:`~sitemap_cli.parse.fast.plain_entries`, it takes an entry only if the patterns match it completely:
simple tags, usual prefixes that the root element binds, only usual references. Everything else goes to the
XML parser.

The first entries are read tag by tag, and their shape is learned. From then on all entries of this shape are
read as columns, by patterns made for it. An entry of another shape is read tag by tag, and learned, too.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import accumulate

from sitemap_cli.parse.fast import entry_shapes
from sitemap_cli.parse.fast.plain_entries import MAX_URL, SPACE, URL, write_fields
from sitemap_cli.parse.fast.shape_patterns import MAX_LENGTH, EntryPattern, EntryRows, ReadFaultless
from sitemap_cli.parse.fast.simple_markup import (
    COMMENT,
    COMMENTS,
    LOC_IN_SECTION,
    SECTION,
    RefusedError,
    find_unusual_reference,
    restore_text,
    simplify_markup,
    unescape,
)
from sitemap_cli.parse.records import Node
from sitemap_cli.patterns import repeat_possessively

TakeExtendedEntry = Callable[[str, str | None, str | None, str | None, int, Sequence[Node], bool], bool]
"""Takes one entry: loc, lastmod, changefreq, priority, line, the elements of its extensions, and whether one
of these comes before the other fields of the protocol. Returns False if it leaves the entry to the XML
parser, which knows the line of each element."""

TakeExtendedEntries = Callable[[EntryRows, Sequence[int]], None]
"""Takes entries in document order, and the line of each."""

MAX_TAGS = 500
"""Tags of one entry that is read tag by tag; more count against limits that only the XML parser knows."""
MAX_LEVELS = 8
"""Levels of elements in an entry, for the same reason."""
_FIRST_DUE = 8
"""Entries that are learned before a pattern is made, which takes as long as reading a hundred of them. It is
twice as many before each further pattern: a document whose entries all differ is not read much slower."""
_MAX_IRREGULAR = 200
"""Entries whose shape cannot be learned before that is no longer tried."""
_MIN_AT_ONCE, _MANY, _MAX_AT_ONCE = 256, 3 * 1024, 128 * 1024
"""Bytes of the entries that are read at once: least, enough to be worth while, most."""
_MAX_REFUSALS = 6
"""Refused entries after which no more of the next ones are read tag by tag: two to the power of this."""

_TEXT = "[^<]*+"
# The XML parser would replace white space.
_VALUE = r"[^\"<\t\r\n]*+"
_ATTRIBUTES = repeat_possessively(rf"[ \t\r\n]++(?!xmlns=)[a-z_]+=\"{_VALUE}\"")
_NAME = "[a-z]+:[a-z_]+"
_TAG = rf"</?{_NAME}{_ATTRIBUTES}[ \t\r\n]*+/?>{_TEXT}{repeat_possessively(f'{SECTION}{_TEXT}')}"
_GAP = f"{SPACE}{COMMENTS}"
_EXTENSIONS = f"({repeat_possessively(f'{_TAG}|{COMMENT}')})"
_BETWEEN = re.compile(_GAP)
_ENTRY = re.compile(
    rf"<url>{_GAP}<loc>{SPACE}(?:({URL})|{LOC_IN_SECTION}){SPACE}</loc>{_GAP}{_EXTENSIONS}{write_fields(_GAP)}{_EXTENSIONS}(</url>)"
    rf"{SPACE}{COMMENTS}"
)
_TOKEN = re.compile(rf"<(/?)({_NAME})({_ATTRIBUTES})[ \t\r\n]*+(/?)>({_TEXT})")
_ATTRIBUTE = re.compile(r"([a-z_]+)=\"([^\"]*)\"")
_compile_pattern = lru_cache(maxsize=64)(EntryPattern)


class ExtendedEntries:
    """The entries of one document, and what was learned about their shape.

    Args:
        prefixes: the prefixes that have their usual meaning.
        read_faultless: decides what the elements of an entry mean.
    """

    __slots__ = (
        *("_at_once", "_due", "_irregular", "_learned", "_pattern", "_prefixes", "_read_faultless"),
        *("_refusals", "_shape", "_singly"),
    )

    def __init__(self, prefixes: frozenset[str], read_faultless: ReadFaultless) -> None:
        self._prefixes = prefixes
        self._read_faultless = read_faultless
        self._shape: entry_shapes.EntryShape | None = None
        self._pattern: EntryPattern | None = None
        self._learned = self._irregular = 0
        self._due = _FIRST_DUE
        self._at_once = _MAX_AT_ONCE
        # How many of the next entries are to be read tag by tag.
        self._singly = self._refusals = 0

    def take_entries(
        self,
        text: str,
        at: int,
        line: int,
        take_one: TakeExtendedEntry,
        take_many: TakeExtendedEntries,
        *,
        skip_comments: bool,
    ) -> tuple[int, int]:
        """Take whole entries; return where the first one begins that does not match, and its line.

        Args:
            text: a piece as :func:`~sitemap_cli.parse.fast.plain_entries.decode_piece` returns it.
            at: a position between two entries.
            line: the line of that position.
            take_one: takes an entry that was read tag by tag.
            take_many: takes the others.
            skip_comments: whether comments are not inspected here, so that they may come first.
        """
        if skip_comments:
            begin = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]
            line += text.count("\n", at, begin)
            at = begin
        while True:
            first = self._pattern.match(text, at) if self._pattern and not self._singly else None
            stop = _locate_stop(text, at, first.end(), self._at_once) if first else at
            if self._pattern and stop > at:
                try:
                    at, line = _take_many(text, at, stop, line, self._pattern, take_many)
                except RefusedError:
                    self._note_refusal()
                else:
                    self._refusals -= self._refusals > 0 and self._at_once > _MANY
                    self._at_once = min(4 * self._at_once, _MAX_AT_ONCE)
                continue
            end = self._take_one(text, at, line, take_one)
            self._singly -= self._singly > 0
            if end == at:
                return at, line
            line += text.count("\n", at, end)
            at = end

    def _note_refusal(self) -> None:
        """Use the pattern for fewer entries next time, or not for a while: a plan refused one of them.

        It takes a few attempts to find that entry, and many of them do not cost much more than without plans.
        """
        if self._at_once > _MIN_AT_ONCE:
            self._at_once //= 8
            return
        self._refusals = min(self._refusals + 1, _MAX_REFUSALS)
        self._singly = 2**self._refusals

    def _take_one(self, text: str, at: int, line: int, take: TakeExtendedEntry) -> int:
        """Take one entry, read tag by tag; return its end, or ``at`` if it is left to the XML parser."""
        entry = _ENTRY.match(text, at)
        if entry is None:
            return at
        written, in_section, *parts = entry.groups()
        before, lastmod, changefreq, priority, after, _ = parts
        loc = in_section or written.replace("&amp;", "&")
        try:
            first, last = (_NodeBuilder(self._prefixes).build(each) for each in (before, after))
        except RefusedError:
            return at
        if len(loc) > MAX_URL:
            return at
        if not take(loc, lastmod, changefreq, priority, line, [*first, *last], bool(first)):
            return at
        if not self._singly and self._irregular <= _MAX_IRREGULAR:
            shape = entry_shapes.describe_entry(
                first,
                last,
                has_comments=text.find("<!--", at, entry.end(7)) >= 0,
                has_sections=text.find("<![", at, entry.end(7)) >= 0,
            )
            self._learn(shape)
        return entry.end()

    def _learn(self, shape: entry_shapes.EntryShape | None) -> None:
        """Learn the shape of an entry, None for one that is too irregular."""
        if shape is not None and self._shape is not None:
            shape = entry_shapes.merge_entries(self._shape, shape)
        if shape is None:
            self._irregular += 1
            return
        self._learned += 1
        self._shape = shape
        if self._learned >= self._due:
            self._due *= 2
            self._learned = 0
            self._pattern = _compile_pattern(shape, self._read_faultless)


def _locate_stop(text: str, at: int, first_end: int, most: int) -> int:
    """Return where to stop reading entries at once: before the first one that has an unusual reference.

    That is ``at`` if the first entry, which begins there and ends at ``first_end``, has one. Text with CDATA
    sections or comments is not searched: in these, a reference is just text.
    """
    stop = min(len(text), max(first_end, at + most))
    flaw = find_unusual_reference(text, at, stop)
    if flaw is None or text.find("<!", at, stop) >= 0:
        return stop
    return at if flaw.start() < first_end else max(first_end, text.rfind("<url>", first_end, flaw.start()))


def _take_many(
    text: str, at: int, stop: int, line: int, pattern: EntryPattern, take: TakeExtendedEntries
) -> tuple[int, int]:
    """Take entries up to the first one that does not match; return where it begins, and its line."""
    rows = pattern.find(text, at, stop)
    if rest := rows[-1][-1]:
        rows.pop()
    end = stop - len(rest)
    counts = [each.count("\n") for each in text[at:end].split("<url>")[1:]]
    # A comment may have a tag in it.
    if len(counts) > len(rows):
        raise RefusedError
    lines = list(accumulate(counts, initial=line))
    last = lines.pop()
    entries = pattern.read(rows)
    if max(map(len, entries.locs)) > MAX_URL:
        raise RefusedError
    take(entries, lines)
    return end, last


class _NodeBuilder:
    """Builds the elements of an entry from its tags as the XML parser would.

    Args:
        prefixes: the prefixes that have their usual meaning.
    """

    __slots__ = ("_open", "_prefixes", "nodes")

    def __init__(self, prefixes: frozenset[str]) -> None:
        self._prefixes = prefixes
        self._open: list[tuple[str, Sequence[str], str, list[Node]]] = []
        self.nodes: list[Node] = []

    def build(self, text: str) -> Sequence[Node]:
        """Return the elements in the text.

        Raises: :class:`RefusedError` if only the XML parser can read them.
        """
        if not text:
            return self.nodes
        tags = _TOKEN.findall(restore_text(simplify_markup(text)))
        if len(tags) > MAX_TAGS or len(text) > MAX_LENGTH:
            raise RefusedError
        for closing, name, attributes, empty, content in tags:
            if closing:
                self._close(name, is_simple=not attributes and not empty)
            elif name.partition(":")[0] not in self._prefixes:
                raise RefusedError
            else:
                values = _read_attributes(attributes) if attributes else ()
                if not empty:
                    self._start(name, values, unescape(content))
                    continue
                self.nodes.append(Node(name, "", values))
            if content.strip():
                raise RefusedError
        if self._open:
            raise RefusedError
        return self.nodes

    def _start(self, name: str, attributes: Sequence[str], text: str) -> None:
        if len(self._open) >= MAX_LEVELS:
            raise RefusedError
        self._open.append((name, attributes, text, self.nodes))
        self.nodes = []

    def _close(self, name: str, *, is_simple: bool) -> None:
        if not self._open or self._open[-1][0] != name or not is_simple:
            raise RefusedError
        _, attributes, text, outer = self._open.pop()
        children = self.nodes
        if children and (text.strip() or any(each.name == name for each in children)):
            raise RefusedError
        outer.append(Node(name, text, attributes, children))
        self.nodes = outer


def _read_attributes(text: str) -> Sequence[str]:
    """Return names and values in turn."""
    values = [part for pair in _ATTRIBUTE.findall(text) for part in map(unescape, pair)]
    if len(set(values[::2])) * 2 < len(values):
        raise RefusedError
    return values
