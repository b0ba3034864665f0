"""Counts the causes of a finding: a value, a host or a line of robots.txt that explains many places."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from sitemap_cli.audit.hit import Hit, format_value
from sitemap_cli.audit.place_log import Place
from sitemap_cli.model.site_sections import name_section
from sitemap_cli.model.values import Cause, Example

_SECTION = re.compile(r"[A-Za-z]+://[^/?#]*(/[^/?#]+/)")
MAX_COUNTED = 200
"""Causes that are counted for each finding, in the order in which they are found."""
MAX_REPORTED = 30
"""Causes that a finding names, those with the most places."""
MAX_ALL = 20_000
"""Causes that are counted for all findings of a job together."""


@dataclass(slots=True)
class CauseCount:
    """The places with one cause so far.

    ``message`` is what all of them say; None if they differ. ``urls`` is the number of entries with such a
    place; None if a place is in no entry. ``last`` is the position of the entry that was counted last.
    ``is_named`` says that the rule names the cause.
    """

    message: str | None
    count: int = 0
    urls: int | None = 0
    last: int | None = None
    is_named: bool = False
    places: list[Place] = field(default_factory=list)

    def count_hit(self, hit: Hit, position: int | None) -> None:
        """Count a hit whose entry is at a position of the document."""
        self.count += hit.count
        self.is_named = hit.cause is not None
        if self.message != hit.message:
            self.message = None
        if self.urls is None or (position is None and hit.places is None):
            self.urls = None
        elif hit.places is not None or hit.count > 1 or position != self.last:
            self.urls += hit.count
        self.last = position


@dataclass(slots=True)
class CauseBudget:
    """The number of causes that all findings of a job may still add."""

    left: int = MAX_ALL


@dataclass(slots=True)
class CauseCounter:
    """The causes of one finding: exact counts of the first :data:`MAX_COUNTED`, and some places of each."""

    budget: CauseBudget
    counts: dict[str, CauseCount] = field(default_factory=dict)

    def add(self, cause: str, hit: Hit, position: int | None, examples: int) -> list[Place] | None:
        """Count a hit; return the list for its place unless there are enough examples of its cause."""
        known = self.counts.get(cause)
        if known is None:
            if len(self.counts) >= MAX_COUNTED or self.budget.left <= 0:
                return None
            self.budget.left -= 1
            known = self.counts[cause] = CauseCount(hit.message)
        known.count_hit(hit, position)
        return known.places if len(known.places) < examples else None

    def iter_places(self) -> Iterator[Place]:
        """Yield the places of the causes that are reported."""
        for _, each in self._rank():
            yield from each.places

    def build_causes(self, *, names_cause: bool = False) -> tuple[Cause, ...]:
        """Return the causes with the most places, those first; ``names_cause`` puts it before the message."""
        return tuple(_build_cause(cause, each, names_cause=names_cause) for cause, each in self._rank())

    def _rank(self) -> list[tuple[str, CauseCount]]:
        ranked = sorted(self.counts.items(), key=lambda each: -each[1].count)
        return list(islice(ranked, MAX_REPORTED))


def find_section(loc: str | None) -> str | None:
    """Return the first segment of the path of a URL, with slashes; a slash for pages above."""
    if loc is None:
        return None
    found = _SECTION.match(loc)
    return format_value(found[1]) if found else "/"


def _build_cause(cause: str, counted: CauseCount, *, names_cause: bool) -> Cause:
    hits = (each.hit for each in counted.places)
    examples = tuple(
        Example(each.message, each.loc, each.line, each.column, each.file, each.value) for each in hits
    )
    message = counted.message or cause
    if names_cause and counted.message and not counted.is_named:
        message = f"{name_section(cause)}  {message}"
    return Cause(cause, message, counted.count, examples, counted.urls)
