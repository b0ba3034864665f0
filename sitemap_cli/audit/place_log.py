"""All places of the findings of a job, in a temporary file."""

import re
from ast import literal_eval
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, starmap
from typing import NamedTuple

from msgspec.structs import replace

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit
from sitemap_cli.audit.rule import Rule
from sitemap_cli.model.values import Finding, FindingPlace, Severity
from sitemap_cli.spool import CHUNK, Block, Row, Spool

QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'$|"(?:[^"\\]|\\.)*"$""")


class Key(NamedTuple):
    """What makes two hits the same finding; ``line`` for rules with a finding per line of robots.txt."""

    rule: str
    sitemap: str | None
    severity: Severity
    line: int | None = None


@dataclass(slots=True)
class Place:
    """A place of a finding; ``position`` is that of its entry in the document, as :class:`Hit` has it."""

    hit: Hit
    position: int | None = None

    def fill_entry(self, loc: str | None, line: int | None) -> None:
        """Add the URL and the line of the entry, unless the rule gave them."""
        self.hit = replace(self.hit, loc=self.hit.loc or loc, line=self.hit.line or line)


@dataclass(slots=True)
class PlaceLog:
    """Every place of every finding of one job.

    In memory are some thousand places, and where the others are in the spool. The caller sets ``lines`` to
    those of the entries of the batch that it checks. Places outside of batches wait until the caller has
    looked up their entries: see :meth:`take_waiting`.
    """

    spool: Spool
    lines: Sequence[int | None] = ()
    _waiting: list[tuple[Key, Place]] = field(default_factory=list)
    _rows: dict[Key, list[Row]] = field(default_factory=lambda: defaultdict(list))
    _size: int = 0
    _blocks: dict[Key, list[Block]] = field(default_factory=lambda: defaultdict(list))
    _unknown: Counter[Key] = field(default_factory=Counter)

    def add(self, key: Key, rule: Rule, hit: Hit, batch: Batch | None) -> None:
        """Add the places of a hit; ``batch`` is the one whose entries it names by index."""
        if hit.places is not None and batch is not None:
            self._add_entries(key, hit, batch, hit.places())
        elif hit.index is not None and batch is not None:
            self._add_entries(key, hit, batch, [hit.index])
        elif rule.list_entries is None or hit.has_place:
            self._waiting.append((key, Place(hit, hit.position)))
        names_one_place = hit.places is None and hit.has_place
        if names_one_place and hit.count > 1:
            # The others were counted by the parser, but not recorded.
            self._unknown[key] += hit.count - 1

    def take_waiting(self) -> list[tuple[Key, Place]]:
        """Return the places whose entries have not been looked up; :meth:`write_places` takes them."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def write_places(self, places: Iterable[tuple[Key, Place]]) -> None:
        """Write places whose entries were looked up."""
        for key, place in places:
            hit = place.hit
            value = hit.cause if hit.value is None else hit.value
            value = find_quoted(hit.message) if value is None else value
            self._add_rows(key, [(hit.message, hit.loc, hit.line, hit.column, value, hit.file)])

    def finish(self) -> None:
        """Write what is still in memory."""
        for key, count in self._unknown.items():
            more = "place" if count == 1 else "places"
            message = f"and {count:,} more {more} like this, which were not recorded"
            self._add_rows(key, [(message, None, None, None, None, None)])
        self._flush()
        self._unknown.clear()

    def read(self, finding: Finding) -> Iterator[FindingPlace]:
        """Yield all places of a finding."""
        key = Key(finding.rule, finding.sitemap, finding.severity)
        with_line = key._replace(line=finding.line)
        for block in self._blocks.get(with_line if with_line in self._blocks else key, ()):
            yield from starmap(FindingPlace, self.spool.read_block(block))

    def _add_entries(self, key: Key, hit: Hit, batch: Batch, indexes: Iterable[int]) -> None:
        """Add entries of a batch by their indexes; a hit for a single one may name its URL and line."""
        message, line, column = hit.message, hit.line, hit.column
        value = hit.cause if hit.value is None else hit.value
        # A hit for several entries has the URL of one of them.
        own_loc = None if hit.places else hit.loc
        lines = self.lines if len(self.lines) == batch.size else [None] * batch.size
        locs, left = batch.locs.values, iter(indexes)
        while some := list(islice(left, CHUNK)):
            rows = [
                (message, own_loc or locs[each], line or lines[each], column, value, hit.file)
                for each in some
            ]
            self._add_rows(key, rows)

    def _add_rows(self, key: Key, rows: Sequence[Row]) -> None:
        self._rows[key] += rows
        self._size += len(rows)
        if self._size >= CHUNK:
            self._flush()

    def _flush(self) -> None:
        for key, rows in self._rows.items():
            self._blocks[key].append(self.spool.write_block(rows))
        self._rows.clear()
        self._size = 0


def find_quoted(message: str) -> str | None:
    """Return the value that a message of the parser ends with, which is quoted as a Python literal."""
    found = QUOTED.search(message)
    try:
        return str(literal_eval(found[0])) if found else None
    except (SyntaxError, ValueError):
        # The message quotes in another way.
        return None
