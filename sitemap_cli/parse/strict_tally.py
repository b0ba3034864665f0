"""Counts how much of one document a strict parser would read, which repairs nothing.

It is aware of namespaces, stops at the first error of well-formedness, reads only elements that are named and
placed as the format says, and takes only absolute URLs. Whatever the rest of the parser repairs or tolerates
is noted here, so no document has to be read twice.
"""

from typing import NamedTuple

from sitemap_cli.model.values import StrictReading

MAX_ENTRIES = 50_000
"""Entries of a file that are read: https://www.sitemaps.org/protocol.html#index"""
MAX_BYTES = 50 * 1024 * 1024
"""Bytes of a file that are read, from the same source."""

# What is wrong about the root element, so that the elements below mean nothing.
_NAMES = frozenset({"namespace", "tag-case"})
_EXACT_CAUSES = frozenset({"unescaped-data", "undefined-entity", "surrogate-pair"})


class Leniency(NamedTuple):
    """What a strict parser would not have read, by the code of a problem, and why."""

    code: str
    message: str
    line: int | None = None
    column: int | None = None


class StrictTally:
    """How much of one document a strict parser reads.

    ``stopped`` is True once it would have stopped, ``awaits_cause`` while the next problem may be the reason.
    ``is_nested`` says that an entry was found inside another one: if both have their end tags, a strict
    parser goes on.
    """

    __slots__ = (
        *("_first_missed", "_limit", "_limited_by", "_missed", "_read", "_stopped_by"),
        *("awaits_cause", "is_nested"),
    )

    def __init__(self) -> None:
        self._read = 0
        self._stopped_by: Leniency | None = None
        self.awaits_cause = self.is_nested = False
        self._missed = 0
        self._first_missed: Leniency | None = None
        self._limit = MAX_ENTRIES
        self._limited_by = Leniency("too-many-urls", f"a file may list at most {MAX_ENTRIES:,}")

    @property
    def stopped(self) -> bool:
        """Whether a strict parser would have stopped."""
        return self._stopped_by is not None

    def stop(self, read: int, why: Leniency, *, awaits_cause: bool = False) -> None:
        """Note that a strict parser stops here, after ``read`` entries.

        ``awaits_cause`` says that the next problem may be a better reason.
        """
        if self._stopped_by is None:
            self._read, self._stopped_by, self.awaits_cause = read, why, awaits_cause

    def miss_entry(self, why: Leniency) -> None:
        """Count an entry that was added, but that a strict parser skips."""
        if self._stopped_by is None:
            self._missed += 1
            self._first_missed = self._first_missed or why

    def limit(self, entries: int, why: Leniency) -> None:
        """Note that a strict parser reads no more than the first ``entries``."""
        if self._stopped_by is None and entries < self._limit:
            self._limit, self._limited_by = entries, why

    def note_problem(self, code: str, message: str, line: int | None, column: int | None) -> None:
        """Take the problem that is reported next as the reason why a strict parser stopped, if it is."""
        why = self._stopped_by
        if not self.awaits_cause or why is None:
            return
        if not why.message or (code in _EXACT_CAUSES and line == why.line):
            self._stopped_by = Leniency(code, message, line or why.line, column or why.column)
        self.awaits_cause = code == why.code

    def describe(self, total: int) -> StrictReading | None:
        """Return how much of ``total`` entries a strict parser reads; None if it reads all of them."""
        reached = self._read if self._stopped_by else total
        read = max(min(reached - self._missed, self._limit), 0)
        if read >= total:
            return None
        why = self._choose_reason(total, reached)
        stops = why is self._stopped_by and why.code not in _NAMES
        return StrictReading(read, total, why.code, why.message, why.line, why.column, stops)

    def _choose_reason(self, total: int, reached: int) -> Leniency:
        """Return the reason that costs the most entries."""
        why, costs = self._limited_by, total - self._limit
        for other, costs_of_other in (
            (self._stopped_by, total - reached),
            (self._first_missed, self._missed),
        ):
            if other is not None and costs_of_other > costs:
                why, costs = other, costs_of_other
        return why
