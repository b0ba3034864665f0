"""What to fix first: errors before warnings, harm times reach, and no consequence beside its cause."""

import pytest

from sitemap_cli.audit.engine import discover_rules
from sitemap_cli.audit.fix_order import CAUSES, HARM, FoundRule, choose_first, sort_by_weight
from sitemap_cli.model.values import Severity

ERROR, WARNING, INFO = Severity
A, B = frozenset({"a.xml"}), frozenset({"b.xml"})


def found(
    rule: str,
    severity: Severity = ERROR,
    reach: float = 0.5,
    sitemaps: frozenset[str] = A,
    places: int = 1,
) -> FoundRule:
    return FoundRule(rule, severity, places, reach, sitemaps)


ORDERS = {
    "nothing": ([], []),
    "an error before a warning about more URLs": (
        [found("SM321", WARNING, 1.0), found("SM303", ERROR, 0.01)],
        ["SM303", "SM321"],
    ),
    "infos are left out": ([found("SM325", INFO, 1.0), found("SM321", WARNING)], ["SM321"]),
    "lost sitemaps before pages that are kept out": (
        [found("SM706"), found("SM102")],
        ["SM102", "SM706"],
    ),
    "pages that are kept out before invalid dates": (
        [found("SM321", WARNING), found("SM721", WARNING)],
        ["SM721", "SM321"],
    ),
    "much of a lesser harm before hardly any of a greater one": (
        [found("SM704", reach=0.01), found("SM308", reach=0.9)],
        ["SM308", "SM704"],
    ),
    "of equal weight, that with more places, then by id": (
        [found("SM304"), found("SM303"), found("SM308", places=9)],
        ["SM308", "SM303", "SM304"],
    ),
    "a broken file counts once": (
        [found("SM108"), found("SM201"), found("SM216"), found("SM208", WARNING)],
        ["SM108"],
    ),
    "another file that is broken counts, too": (
        [found("SM108", sitemaps=A), found("SM201", sitemaps=B)],
        ["SM108", "SM201"],
    ),
    "the loss of URLs is a consequence of the file that cannot be fetched": (
        [found("SM801", sitemaps=frozenset()), found("SM405", sitemaps=B), found("SM102")],
        ["SM102"],
    ),
    "a loss of URLs without a cause counts": ([found("SM801", sitemaps=frozenset())], ["SM801"]),
    "a cause that is less severe explains nothing": (
        [found("SM601", ERROR, sitemaps=frozenset()), found("SM606", WARNING)],
        ["SM601", "SM606"],
    ),
}


@pytest.mark.parametrize(("given", "expected"), ORDERS.values(), ids=ORDERS)
def test_the_order_is_by_what_findings_cost(given: list[FoundRule], expected: list[str]) -> None:
    assert choose_first(given, 5) == expected
    assert choose_first(reversed(given), 5) == expected


def test_at_most_some_are_chosen() -> None:
    assert len(choose_first([found(f"SM3{number:02}") for number in range(1, 20)], 5)) == 5


def test_all_are_sorted_also_infos_and_consequences() -> None:
    given = [found("SM325", INFO), found("SM216"), found("SM108")]
    assert [each.rule for each in sort_by_weight(given)] == ["SM108", "SM216", "SM325"]


def test_all_rules_that_are_named_exist() -> None:
    named = {*HARM, *CAUSES, *(cause for causes in CAUSES.values() for cause in causes)}
    assert named - {each.id for each in discover_rules()} == set()


def test_no_rule_has_two_harms_and_none_is_its_own_cause() -> None:
    from sitemap_cli.audit import fix_order

    listed = [rule for rules in fix_order._HARM.values() for rule in rules.split()]
    assert len(listed) == len(set(listed))
    for rule, causes in CAUSES.items():
        above = {other for cause in causes for other in CAUSES.get(cause, ())}
        assert rule not in {*causes, *above}
