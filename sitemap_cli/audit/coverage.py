"""One fault gives one finding: where two rules see the same thing, the more exact one reports it."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product

from sitemap_cli.audit.rule import Rule
from sitemap_cli.audit.rule_hit import RuleHit
from sitemap_cli.model.values import Engine
from sitemap_cli.urls import canonical_url

STRICT = "strict"
"""The subject of what keeps a strict parser from reading a whole document, together with its URL."""


def sort_by_coverage(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return rules in an order in which each comes after those that cover it, else by their ids."""
    by_id = {rule.id: rule for rule in rules}
    return tuple(by_id[each] for each in _sort_ids(tuple((id_, by_id[id_].covered_by) for id_ in by_id)))


@lru_cache(maxsize=16)
def _sort_ids(rules: Sequence[tuple[str, Sequence[str]]]) -> Sequence[str]:
    """Return the ids of rules in that order, each given with the ids of those that cover it."""
    covering, depths = dict(rules), dict[str, int]()

    def find_depth(rule: str) -> int:
        if rule not in depths:
            depths[rule] = 0  # a circle ends here
            known = (each for each in covering[rule] if each in covering)
            depths[rule] = max((1 + find_depth(each) for each in known), default=0)
        return depths[rule]

    return sorted(covering, key=lambda rule: (find_depth(rule), rule))


def list_covering(rules: Iterable[Rule]) -> frozenset[str]:
    """Return the ids of the rules that cover one of these rules."""
    return frozenset(each for rule in rules for each in rule.covered_by)


class Coverage:
    """What covering rules reported so far about the URLs of a site, or about the entries of a batch.

    A hit is covered if a covering rule reports the same thing, at least as severely. Rules must come in the
    order of :func:`sort_by_coverage`.

    Args:
        covering: the ids of the rules that cover others: see :func:`list_covering`.
        engine: the search engine whose severities count.
    """

    def __init__(self, covering: frozenset[str], engine: Engine | None) -> None:
        self._engine = engine
        self._covering = covering
        self._ranks = dict[tuple[str, Hashable], int]()

    def drop_covered(self, rule: Rule, hits: Iterable[RuleHit]) -> Iterator[RuleHit]:
        """Yield the hits of a rule that no other rule covers."""
        if rule.covered_by or rule.id in self._covering:
            hits = (each for each in hits if not self._is_covered(rule, each))
        yield from hits

    def _is_covered(self, rule: Rule, found: RuleHit) -> bool:
        subjects = [_find_subject(found)]
        if found.hit.limits_strict:
            subjects.append((STRICT, found.sitemap))
        rank = (found.hit.severity or rule.get_severity(self._engine)).rank
        explained = map(canonical_url, found.hit.explains)
        for subject in (*subjects, *explained) if rule.id in self._covering else ():
            key = rule.id, subject
            self._ranks[key] = min(rank, self._ranks.get(key, rank))
        pairs = product(rule.covered_by, subjects)
        return any(self._ranks.get(each, rank + 1) <= rank for each in pairs)


def _find_subject(found: RuleHit) -> Hashable:
    """Return what a hit is about: an entry, else the URL of a page or of a sitemap."""
    hit = found.hit
    if hit.index is not None:
        return hit.index
    if hit.position and hit.loc is None:
        # A cause that only one of the rules knows is a fault of its own.
        return found.sitemap, hit.position, hit.cause
    url = hit.loc or found.sitemap
    return None if url is None else canonical_url(url)
