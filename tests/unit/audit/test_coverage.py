"""One fault gives one finding: the more exact rule reports it."""

from sitemap_cli.audit import engine
from sitemap_cli.audit.coverage import Coverage, list_covering, sort_by_coverage
from sitemap_cli.audit.hit import Hit
from sitemap_cli.audit.rule import Rule, Scope
from sitemap_cli.audit.rule_hit import RuleHit
from sitemap_cli.model.values import Severity

A, B = "https://example.com/a.xml", "https://example.com/b.xml"


def make_rule(id_: str, severity: Severity = Severity.ERROR, *covered_by: str) -> Rule:
    return Rule(id_, severity, Scope.SITE, lambda _: (), covered_by=covered_by)


def keep(*found: tuple[Rule, Hit]) -> list[str]:
    rules = sort_by_coverage(rule for rule, _ in found)
    coverage = Coverage(list_covering(rules), None)
    kept = [
        hit.rule.id
        for rule in rules
        for hit in coverage.drop_covered(rule, [RuleHit(rule, A, hit) for each, hit in found if each is rule])
    ]
    return sorted(kept)


EXACT = make_rule("SM405")
VAGUE = make_rule("SM102", Severity.ERROR, "SM405")


def test_a_hit_about_the_same_url_is_dropped() -> None:
    assert keep((VAGUE, Hit("404")), (EXACT, Hit("404", loc=A))) == ["SM405"]


def test_a_hit_about_another_url_is_kept() -> None:
    assert keep((VAGUE, Hit("404")), (EXACT, Hit("404", loc=B))) == ["SM102", "SM405"]


def test_a_hit_is_never_dropped_for_a_less_severe_one() -> None:
    covering = Hit("404", loc=A, severity=Severity.WARNING)
    assert keep((VAGUE, Hit("404")), (EXACT, covering)) == ["SM102", "SM405"]


def test_a_rule_that_is_covered_itself_still_covers_others() -> None:
    first, second = make_rule("SM603", Severity.ERROR, "SM104"), make_rule("SM101", Severity.ERROR, "SM603")
    assert keep((second, Hit("x")), (first, Hit("x", loc=A)), (make_rule("SM104"), Hit("x"))) == ["SM104"]


def test_entries_of_a_batch_are_told_apart_by_their_index() -> None:
    assert keep((VAGUE, Hit("x", index=1)), (VAGUE, Hit("x", index=2)), (EXACT, Hit("x", index=1))) == [
        "SM102",
        "SM405",
    ]


def test_another_fault_in_the_same_entry_is_kept() -> None:
    hits = Hit("syntax", position=3), Hit("unclosed", position=3, cause="unclosed-tag")
    assert keep(*((VAGUE, hit) for hit in hits), (EXACT, Hit("&", position=3))) == ["SM102", "SM405"]


def test_rules_are_only_covered_by_rules_that_exist_and_without_circles() -> None:
    rules = {rule.id: rule for rule in engine.discover_rules()}
    order = [rule.id for rule in sort_by_coverage(rules.values())]
    for rule in rules.values():
        assert all(order.index(each) < order.index(rule.id) for each in rule.covered_by)
