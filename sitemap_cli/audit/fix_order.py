"""What to fix first, of everything that the rules found.

The order is by what a finding costs, in this sequence:

1. the severity that counts for the user: errors before warnings; infos are no work to begin with;
2. the harm times the reach. Harm says what a crawler does: it loses whole sitemaps, cannot index listed
   pages, ignores an entry, is misled, or hardly notices. Reach is the share of the URLs of the site;
3. the number of places, then the id, so that the order is always the same.

A consequence never comes before its cause, and does not count beside it: a file that cannot be read is one
thing to do, whichever rules notice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sitemap_cli.model.values import Severity

LOST, BLOCKED, IGNORED, MISLED, HINT = 16.0, 8.0, 4.0, 2.0, 1.0
LEAST_REACH = 0.02
"""The reach of a finding about the site, or about hardly any URL: a rare fault can still be grave."""

_HARM: Mapping[float, str] = {
    # Sitemaps, or large parts of them, do not arrive at all.
    LOST: "SM101 SM102 SM104 SM106 SM107 SM108 SM111 SM201 SM202 SM205 SM209 SM213 SM216 SM401 SM403 SM405"
    " SM602 SM603 SM604 SM607 SM801 SM804",
    # Pages are listed that crawlers may not or cannot index.
    BLOCKED: "SM508 SM528 SM539 SM701 SM702 SM704 SM706 SM710 SM716 SM721 SM723 SM750",
    # Crawlers drop entries, or parts of them.
    IGNORED: "SM204 SM210 SM212 SM301 SM302 SM303 SM304 SM308 SM309 SM310 SM314 SM315 SM402 SM406 SM407 SM502"
    " SM510 SM532 SM540 SM541 SM542 SM543 SM544 SM545 SM551 SM601 SM703 SM705 SM707",
    # Crawlers come at the wrong time, or for the wrong URL.
    MISLED: "SM103 SM105 SM110 SM112 SM305 SM306 SM307 SM311 SM312 SM316 SM317 SM321 SM322 SM323 SM326 SM408"
    " SM547 SM708 SM709 SM713 SM715 SM754 SM802 SM803 SM805 SM806 SM808",
}
HARM: Mapping[str, float] = {rule: harm for harm, rules in _HARM.items() for rule in rules.split()}
"""The harm of rules by id; that of all others is a hint."""

_BROKEN_FILE = ("SM101", "SM102", "SM104", "SM108", "SM111", "SM205")
CAUSES: Mapping[str, Sequence[str]] = {
    "SM201": ("SM108", "SM111"),
    "SM203": ("SM111",),
    "SM205": ("SM108", "SM111"),
    "SM206": ("SM204",),
    "SM208": ("SM204", "SM205", "SM201"),
    "SM210": ("SM201",),
    "SM216": ("SM108", "SM201", "SM203", "SM204", "SM209", "SM210", "SM213"),
    "SM301": ("SM201", "SM204"),
    "SM312": ("SM309",),
    "SM405": _BROKEN_FILE,
    "SM412": ("SM308", "SM309"),
    "SM540": ("SM544",),
    "SM541": ("SM540", "SM543", "SM544"),
    "SM547": ("SM541",),
    "SM601": ("SM604", "SM606"),
    "SM603": _BROKEN_FILE,
    "SM607": ("SM101", "SM102", "SM104", "SM111", "SM205", "SM604"),
    "SM710": ("SM701", "SM702", "SM703", "SM704", "SM705", "SM716"),
    "SM712": ("SM706",),
    "SM721": ("SM706",),
    "SM722": ("SM706",),
    "SM801": (*_BROKEN_FILE, "SM201", "SM216", "SM405", "SM804", "SM808"),
    "SM804": (*_BROKEN_FILE, "SM405"),
}
"""The rules that see the cause of what a rule finds, by id."""
_OF_SITE = frozenset(
    {"SM405", "SM601", "SM603", "SM607", "SM710", "SM712", "SM721", "SM722", "SM801", "SM804"}
)
"""Consequences that another file, or none, is blamed for, so that their sitemaps say nothing of the cause."""


@dataclass(frozen=True, slots=True)
class FoundRule:
    """What one rule found: its id and severity, and how much of a site that concerns.

    ``reach`` is the share of the URLs, from 0 to 1; ``sitemaps`` are those with a place, none if it is about
    the site.
    """

    rule: str
    severity: Severity
    places: int = 1
    reach: float = 0.0
    sitemaps: frozenset[str] = field(default_factory=frozenset)

    @property
    def weight(self) -> float:
        """The harm times the reach."""
        return HARM.get(self.rule, HINT) * min(max(self.reach, LEAST_REACH), 1.0)


def sort_by_weight(found: Iterable[FoundRule]) -> list[FoundRule]:
    """Return what rules found, what costs most first; errors before warnings, and these before infos."""
    return sorted(found, key=lambda each: (each.severity.rank, -each.weight, -each.places, each.rule))


def choose_first(found: Iterable[FoundRule], most: int) -> list[str]:
    """Return the ids of the rules to fix first, without infos and without consequences of others."""
    by_id = {each.rule: each for each in found}
    ordered = [each for each in sort_by_weight(by_id.values()) if each.severity is not Severity.INFO]
    return [each.rule for each in ordered if not _is_consequence(each, by_id)][:most]


def _is_consequence(found: FoundRule, by_id: Mapping[str, FoundRule]) -> bool:
    """Return whether a rule that is at least as severe sees the cause, in the same sitemaps."""
    causes = [by_id[each] for each in CAUSES.get(found.rule, ()) if each in by_id]
    causes = [each for each in causes if each.severity.rank <= found.severity.rank]
    if not causes or found.rule in _OF_SITE or not found.sitemaps:
        return bool(causes)
    return found.sitemaps <= frozenset().union(*(each.sitemaps for each in causes))
