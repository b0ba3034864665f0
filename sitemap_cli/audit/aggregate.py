"""Collects hits into findings: one for each rule, sitemap and severity, with an exact count."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from msgspec.structs import replace

from sitemap_cli.audit.causes import CauseBudget, CauseCounter, find_section
from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.hit import Hit, format_value
from sitemap_cli.audit.place_log import Key, Place, PlaceLog, find_quoted
from sitemap_cli.audit.rule import Rule
from sitemap_cli.audit.rule_hit import RuleHit
from sitemap_cli.audit.selection import RuleSelection
from sitemap_cli.model.values import Example, Finding, Severity

EXAMPLES = 5
"""Default number of examples to keep for each finding."""


@dataclass(slots=True)
class FindingGroup:
    """The hits of one finding so far."""

    rule: Rule
    severity: Severity
    causes: CauseCounter
    count: int = 0
    places: list[Place] = field(default_factory=list)
    fixes: dict[str | None, None] = field(default_factory=dict)

    def has_message(self, hit: Hit) -> bool:
        """Return whether a hit without a place repeats the message of an earlier batch."""
        return not hit.has_place and any(place.hit.message == hit.message for place in self.places)

    def keep_place(self, hit: Hit, batch: Batch | None, examples: int) -> None:
        """Keep the place of a hit unless there are enough examples, of the finding and of its cause."""
        of_cause = None
        if cause := find_cause(self.rule, hit, batch):
            of_cause = self.causes.add(cause, hit, _find_position(hit, batch) or None, examples)
        is_new = len(self.places) < examples and not self.has_message(hit)
        if is_new or of_cause is not None:
            place = _make_place(hit, batch)
            if is_new:
                self.places.append(place)
            if of_cause is not None:
                of_cause.append(place)


class FindingCollector:
    """Collects the hits of a check. Memory is used for ``examples`` places of each finding only.

    All places go to ``log``, if there is one.
    """

    def __init__(
        self, selection: RuleSelection, examples: int = EXAMPLES, log: PlaceLog | None = None
    ) -> None:
        self._selection = selection
        self._log = log
        self._examples = max(1, examples)
        self._groups: dict[Key, FindingGroup] = {}
        self._budget = CauseBudget()
        self._order: dict[str | None, int] = {None: -1}
        self.excused = 0

    def set_order(self, sitemaps: Iterable[str]) -> None:
        """Set the order in which findings list the sitemaps."""
        for url in sitemaps:
            self._order.setdefault(url, len(self._order))

    def add(self, hits: Iterable[RuleHit], batch: Batch | None = None) -> None:
        """Add hits; ``batch`` is the one whose entries they name by index."""
        selection = self._selection
        for rule, sitemap, each in hits:
            hit = self._drop_waived(rule, sitemap, each, batch) if selection.waivers else each
            if hit is None:
                continue
            severity = selection.resolve_severity(rule, hit.severity)
            key = Key(rule.id, sitemap, severity, hit.line if rule.summarize else None)
            group = self._groups.get(key)
            if group is None:
                group = self._groups[key] = FindingGroup(rule, severity, CauseCounter(self._budget))
            group.count += hit.count
            group.fixes[hit.fix] = None
            if self._log is not None and (hit.places is not None or not group.has_message(hit)):
                self._log.add(key, rule, hit, batch)
            for part in self._split(hit, group, batch) if rule.summarize else (hit,):
                group.keep_place(part, batch, self._examples)

    def _drop_waived(self, rule: Rule, sitemap: str | None, hit: Hit, batch: Batch | None) -> Hit | None:
        """Return a hit without the places where the user waived the rule; None if none is left."""
        listed = batch.sitemap.url if batch is not None else None
        if hit.places is None or batch is None or hit.loc is None:
            is_waived = self._selection.is_waived(rule, sitemap, listed, hit.file, _find_loc(hit, batch))
            self.excused += hit.count if is_waived else 0
            return None if is_waived else hit
        locs = batch.locs.values
        indexes = list(hit.places())
        left = [at for at in indexes if not self._selection.is_waived(rule, sitemap, listed, locs[at])]
        self.excused += len(indexes) - len(left)
        if not left:
            return None
        return replace(hit, loc=locs[left[0]], index=left[0], count=len(left), places=lambda: left)

    def _split(self, hit: Hit, group: FindingGroup, batch: Batch | None) -> Iterator[Hit]:
        """Yield the first places of a hit one by one, as many as there may be examples, and then the rest."""
        need = self._examples - len(group.places)
        if hit.places is None or batch is None or need < 1:
            yield hit
            return
        locs, rest = batch.locs.values, hit.count
        for at in islice(hit.places(), need):
            rest -= 1
            yield replace(hit, loc=locs[at], index=at, count=1, places=None)
        if rest:
            yield replace(hit, count=rest)

    def add_unlisted(self, hits: Iterable[RuleHit], batch: Batch) -> None:
        """Add hits to the log that are counted already."""
        selection = self._selection
        for rule, sitemap, hit in hits:
            if self._log is None or selection.is_waived(rule, sitemap, _find_loc(hit, batch)):
                continue
            key = Key(rule.id, sitemap, selection.resolve_severity(rule, hit.severity))
            self._log.add(key, rule, hit, batch)

    def iter_places(self) -> Iterator[tuple[str | None, Place]]:
        """Yield the sitemap and the place of every example, so that the caller can fill in its entry."""
        for key, group in self._groups.items():
            yield from ((key.sitemap, place) for place in (*group.places, *group.causes.iter_places()))

    def build_findings(self, site: SiteFact | None = None) -> list[Finding]:
        """Return all findings, sorted by rule, sitemap and severity; ``site`` is what they are about.

        Of several lines of robots.txt, those with most places come first.
        """
        keys = sorted(self._groups, key=self._rank)
        return [_build_finding(key.sitemap, self._groups[key], site) for key in keys]

    def _rank(self, key: Key) -> tuple[str, int, int, int]:
        group = self._groups[key]
        count = group.count if group.rule.summarize else 0
        return key.rule, self._order.get(key.sitemap, 0), key.severity.rank, -count


def _find_loc(hit: Hit, batch: Batch | None) -> str | None:
    if hit.loc is None and batch is not None and hit.index is not None:
        return batch.locs.values[hit.index]
    return hit.loc


def find_cause(rule: Rule, hit: Hit, batch: Batch | None) -> str | None:
    """Return the cause of a hit: what it names, else its value or section if the rule counts by that."""
    if hit.cause is None and rule.by_section:
        return find_section(_find_loc(hit, batch))
    if hit.cause is not None or not rule.by_value:
        return hit.cause
    return format_value(hit.value) if hit.value is not None else find_quoted(hit.message)


def _find_position(hit: Hit, batch: Batch | None) -> int | None:
    """Return the number of the entry of a hit; 0 if it is in none, None if that is not known."""
    if batch is not None and hit.index is not None:
        return batch.first_position + hit.index
    return hit.position


def _make_place(hit: Hit, batch: Batch | None) -> Place:
    """Return the place of a hit, without its function that lists the others, which holds the whole batch."""
    if hit.places is not None:
        hit = replace(hit, places=None)
    return Place(hit, _find_position(hit, batch))


def _build_finding(sitemap: str | None, group: FindingGroup, site: SiteFact | None) -> Finding:
    first, *others = (place.hit for place in group.places)
    finding = Finding(
        rule=group.rule.id,
        name=group.rule.name,
        severity=group.severity,
        message=first.message,
        sitemap=sitemap,
        loc=first.loc,
        line=first.line,
        column=first.column,
        count=group.count,
        examples=tuple(map(_build_example, others)),
        causes=group.causes.build_causes(names_cause=group.rule.by_section),
        fixes=group.rule.fix.choose(group.fixes),
        file=first.file,
        value=first.value,
    )
    is_summarized = group.rule.summarize is not None and site is not None
    return _summarize(finding, group, site) if is_summarized else finding


def _summarize(finding: Finding, group: FindingGroup, site: SiteFact | None) -> Finding:
    """Return a finding with a message for all its places, which have one cause."""
    summarize = group.rule.summarize
    message = summarize(finding.message, group.count, site) if summarize else finding.message
    places = tuple(_build_example(each.hit) for each in group.places)
    causes = [replace(each, message=message, is_counted=True) for each in finding.causes[:1]]
    # The message says it once; of several places, the cause is enough for each.
    text = causes[0].cause if causes and group.count > 1 else message
    named = tuple(replace(each, message=text) for each in places)
    causes = [replace(each, count=group.count, examples=named) for each in causes]
    return replace(finding, message=message, examples=named[1:], causes=tuple(causes))


def _build_example(hit: Hit) -> Example:
    return Example(hit.message, hit.loc, hit.line, hit.column, hit.file, hit.value)
