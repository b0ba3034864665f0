"""Adds up what the rules find: one finding for each rule, sitemap and severity, with its exact count."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sitemap_cli.audit.engine import RuleHit
from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.hit import Hit
from sitemap_cli.audit.rule import Rule
from sitemap_cli.audit.selection import RuleSelection
from sitemap_cli.model.values import Example, Finding, Severity

EXAMPLES = 5
"""Places that a finding tells, unless the user asks for more or less."""

Key = tuple[str, str | None, Severity]


@dataclass(slots=True)
class Place:
    """A place that is to be told, and the position of its entry in the document if the rule named one."""

    hit: Hit
    position: int | None = None

    def fill_entry(self, loc: str | None, line: int | None) -> None:
        """Add what the database knows of the entry there."""
        hit = self.hit
        self.hit = Hit(hit.message, hit.loc or loc, hit.line or line, hit.column, hit.count, hit.severity)


@dataclass(slots=True)
class FindingGroup:
    """What one rule found in one sitemap so far."""

    rule: Rule
    severity: Severity
    count: int = 0
    places: list[Place] = field(default_factory=list)

    def has_message(self, hit: Hit) -> bool:
        """Whether what has no place of its own was said before, of another batch."""
        nowhere = hit.index is None and hit.line is None and hit.loc is None
        return nowhere and any(place.hit.message == hit.message for place in self.places)


class FindingCollector:
    """All that was found; ``examples`` places are kept of each, and no memory is spent on the others."""

    def __init__(self, selection: RuleSelection, examples: int = EXAMPLES) -> None:
        self._selection = selection
        self._examples = max(1, examples)
        self._groups: dict[Key, FindingGroup] = {}
        self._order: dict[str | None, int] = {None: -1}
        self.excused = 0

    def set_order(self, sitemaps: Iterable[str]) -> None:
        """Say in which order sitemaps shall be told."""
        for url in sitemaps:
            self._order.setdefault(url, len(self._order))

    def add(self, found: Iterable[RuleHit], batch: Batch | None = None) -> None:
        """Add what was found, by the facts or in the entries of a batch."""
        selection = self._selection
        for rule, sitemap, hit in found:
            if selection.waivers and selection.is_waived(rule, sitemap, _find_loc(hit, batch)):
                self.excused += hit.count
                continue
            severity = selection.resolve_severity(rule, hit.severity)
            key = (rule.id, sitemap, severity)
            entry = self._groups.get(key)
            if entry is None:
                entry = self._groups[key] = FindingGroup(rule, severity)
            entry.count += hit.count
            if len(entry.places) < self._examples and not entry.has_message(hit):
                entry.places.append(_make_place(hit, batch))

    def iter_places(self) -> Iterator[tuple[str | None, Place]]:
        """Every place that will be told, with its sitemap, to be filled."""
        for (_, sitemap, _), entry in self._groups.items():
            yield from ((sitemap, place) for place in entry.places)

    def build_findings(self) -> list[Finding]:
        """Everything found, by rule, sitemap and severity."""
        keys = sorted(self._groups, key=lambda key: (key[0], self._order.get(key[1], 0), key[2].rank))
        return [_build_finding(key[1], self._groups[key]) for key in keys]


def _find_loc(hit: Hit, batch: Batch | None) -> str | None:
    if hit.loc is None and batch is not None and hit.index is not None:
        return batch.locs.values[hit.index]
    return hit.loc


def _make_place(hit: Hit, batch: Batch | None) -> Place:
    if batch is None or hit.index is None:
        return Place(hit)
    return Place(hit, batch.first_position + hit.index)


def _build_finding(sitemap: str | None, entry: FindingGroup) -> Finding:
    first, *others = (place.hit for place in entry.places)
    return Finding(
        rule=entry.rule.id,
        name=entry.rule.name,
        severity=entry.severity,
        message=first.message,
        sitemap=sitemap,
        loc=first.loc,
        line=first.line,
        column=first.column,
        count=entry.count,
        examples=tuple(Example(each.message, each.loc, each.line, each.column) for each in others),
    )
