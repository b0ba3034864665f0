"""Collects what is read from one document: its items, their counts, and what kind of document it is."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from sitemap_cli.model.item_batch import Extensions, ItemBatch, Texts
from sitemap_cli.model.values import Child, Entry, Kind, Problem, Severity
from sitemap_cli.parse import generators
from sitemap_cli.parse.element_order import Disorder
from sitemap_cli.parse.problems import PROBLEM_TYPES
from sitemap_cli.parse.strict_tally import Leniency, StrictTally

MAX_PROBLEMS = 1_000
"""Problems returned per document; the others are only counted."""

MAX_COMMENTS = 100
"""Comments and processing instructions inspected per document."""

_MAX_MESSAGE = 1_000


class Position(NamedTuple):
    """A position in the document; line and column count from 1, offset in bytes from 0."""

    line: int | None = None
    column: int | None = None
    offset: int | None = None


class Collector:
    """What was read from one document so far; every part of the parser adds to it.

    It also holds the state that the parts share:

    - ``stopped`` is set by :meth:`stop`; nothing is read after that.
    - ``kind`` and ``kind_decided`` are set by :meth:`decide_kind`.
    - ``content_lost`` is True if the items do not contain everything in the document.
    - ``offset_shift`` and ``has_substitutes`` are set by the decoder: how far offsets in the document are
      ahead of offsets in its UTF-8 (None if the two are unrelated), and whether there are substitutes in the
      UTF-8 for bytes that cannot be decoded.
    - ``is_utf8`` and ``is_like_ascii`` are set by the decoder: whether the document is, and ASCII is ASCII.
    - ``has_lone_link`` says whether a ``link`` came outside of entries after the last one: if the end of an
      entry follows, its beginning is missing.
    - ``generator`` is set by formats that name their generator.
    - ``strict`` counts what a strict parser would read, ``leniency`` says why it would not read an entry.

    Between :meth:`begin_entry` and :meth:`end_entry` problems wait for the entry or child that they belong
    to, which is the next one that is added; those that wait at the end belong to none.

    Args:
        base_url: the URL that relative URLs are resolved against.
        is_truncated: returns, at the end of the content, whether there should have been more.
    """

    __slots__ = (
        *("_in_entry", "_reported", "_waiting", "base_url", "batch", "codes", "comments"),
        *("content_lost", "disorder", "generator"),
        *(
            "has_lone_link",
            "has_substitutes",
            "is_truncated",
            "kind",
            "kind_decided",
            "offset_shift",
            "problems",
        ),
        *("is_like_ascii", "is_utf8", "leniency", "sitemaps", "stopped", "strict", "urls"),
    )

    def __init__(self, base_url: str | None = None, is_truncated: Callable[[], bool] = lambda: False) -> None:
        self.base_url = base_url
        self.is_truncated = is_truncated
        self.kind = Kind.UNKNOWN
        self.kind_decided = False
        self.stopped = False
        self.content_lost = False
        self.offset_shift: int | None = 0
        self.has_lone_link = self.has_substitutes = False
        self.batch = ItemBatch()
        self.urls = 0
        self.sitemaps = 0
        self.problems = 0
        self.codes = Counter[str]()
        self.disorder = Disorder()
        self.generator: str | None = None
        self.comments = 0
        self.strict = StrictTally()
        self.is_utf8 = self.is_like_ascii = True
        self.leniency: Leniency | None = None
        self._reported: set[tuple[str, str]] = set()
        self._in_entry = False
        self._waiting: list[Problem] = []

    def add_entry(self, entry: Entry) -> None:
        """Add a page."""
        self.urls += 1
        if self.leniency:
            self.strict.miss_entry(self.leniency)
        if self._waiting:
            self._add_waiting(0 if self.kind is Kind.INDEX else self.urls)
        self.batch.entries.add(entry)

    def add_entries(
        self,
        locs: Sequence[str],
        lastmods: Texts,
        lastmod_utcs: Sequence[int | None],
        changefreqs: Texts,
        priorities: Texts,
        lines: Iterable[int],
        extensions: Extensions = (),
    ) -> None:
        """Add pages given as columns; none of them has extensions if that column is empty."""
        self.urls += len(locs)
        self.batch.entries.extend(locs, lastmods, lastmod_utcs, changefreqs, priorities, lines, extensions)

    def add_child(self, child: Child) -> None:
        """Add a sitemap that an index lists."""
        self.sitemaps += 1
        if self.leniency:
            self.strict.miss_entry(self.leniency)
        if self._waiting:
            self._add_waiting(self.sitemaps if self.kind is Kind.INDEX else 0)
        self.batch.add_other(child)

    def begin_entry(self) -> None:
        """Let the problems of the entry that begins here wait for it."""
        self._in_entry = True
        self.leniency = None

    def continue_entry(self) -> None:
        """Let further problems wait for the next entry, which may have begun."""
        self._in_entry = True

    def end_entry(self) -> None:
        """End the entry that is open, if any."""
        self._in_entry = False
        self.leniency = None
        if self._waiting:
            self._add_waiting(0)

    @property
    def next_entry(self) -> int:
        """The number of the entry or child that is added next."""
        return 1 + (self.sitemaps if self.kind is Kind.INDEX else self.urls)

    def report(
        self,
        code: str,
        message: str,
        at: Position | None = None,
        *,
        severity: Severity | None = None,
        loses_content: bool | None = None,
    ) -> None:
        """Count a problem, and add it to the items unless there are too many.

        Args:
            code: a key of ``PROBLEM_TYPES``.
            message: what is wrong; characters that cannot be printed are escaped.
            at: its position, if known.
            severity: another severity than the usual one of this problem.
            loses_content: the same for whether content of the document is lost by it.
        """
        defaults = PROBLEM_TYPES[code]
        self.content_lost |= defaults.loses_content if loses_content is None else loses_content
        self.problems += 1
        self.codes[code] += 1
        if self.strict.awaits_cause:
            self.strict.note_problem(code, escape_message(message), *(at or Position())[:2])
        if self.problems <= MAX_PROBLEMS or self.stopped:
            message = escape_message(message)
            problem = Problem(code, severity or defaults.severity, message, *(at or Position()), entry=0)
            if self._in_entry:
                self._waiting.append(problem)
            else:
                self.batch.add_other(problem)

    def report_once(
        self,
        code: str,
        subject: str,
        message: str,
        at: Position | None = None,
        *,
        severity: Severity | None = None,
    ) -> None:
        """Report a problem if it is the first one with this code and subject."""
        if (code, subject) in self._reported or len(self._reported) >= MAX_PROBLEMS:
            return
        self._reported.add((code, subject))
        self.report(code, message, at, severity=severity)

    def was_reported(self, code: str, subject: str) -> bool:
        """Return whether :meth:`report_once` has reported a problem with this code and subject."""
        return (code, subject) in self._reported

    def stop(self, code: str, message: str, at: Position | None = None) -> None:
        """Report a problem after which nothing more of the document is read."""
        self.end_entry()
        self.stopped = True
        self.kind_decided = True
        self.report(code, message, at)

    def decide_kind(self, kind: Kind) -> None:
        """Set the kind of the document."""
        self.kind = kind
        self.kind_decided = True

    def get_offset(self, index: int) -> int | None:
        """Return the offset in the document of a byte of its UTF-8; None if the two are unrelated."""
        return None if self.offset_shift is None else index + self.offset_shift

    def inspect_comment(self, text: str) -> None:
        """Guess the generator from a comment or processing instruction; after a number of them, no more."""
        self.comments += 1
        if self.comments > MAX_COMMENTS:
            return
        self.generator = generators.guess_generator(text) or self.generator

    def take_batch(self) -> ItemBatch:
        """Return the items added since the last call."""
        batch, self.batch = self.batch, ItemBatch()
        return batch

    def _add_waiting(self, entry: int) -> None:
        for problem in self._waiting:
            self.batch.add_other(replace(problem, entry=entry))
        self._waiting.clear()


def escape_message(message: str) -> str:
    """Return a message that can be printed: names of elements may contain anything, and be of any length."""
    if len(message) > _MAX_MESSAGE:
        message = f"{message[:_MAX_MESSAGE]}..."
    if message.isascii() and message.isprintable():
        return message
    return message.encode("unicode_escape").decode("ascii")
