"""Findings are counted exactly, and a few examples of each are kept."""

import weakref

import msgspec

from sitemap_cli.audit.aggregate import FindingCollector
from sitemap_cli.audit.baseline import decode_baseline, encode_baseline, subtract_baseline
from sitemap_cli.audit.engine import discover_rules
from sitemap_cli.audit.hit import Hit
from sitemap_cli.audit.rule_hit import RuleHit
from sitemap_cli.audit.selection import parse_selection
from sitemap_cli.model.values import Cause, Example, Finding, Severity

RULE = next(rule for rule in discover_rules() if rule.id == "SM306")
OTHER = next(rule for rule in discover_rules() if rule.id == "SM203")
A, B = "https://example.com/a.xml", "https://example.com/b.xml"


def test_one_finding_for_each_rule_sitemap_and_severity() -> None:
    collector = FindingCollector(parse_selection(), examples=2)
    collector.set_order([B, A])
    collector.add((RULE, A, Hit(f"number {number}")) for number in range(1_000))
    collector.add(
        [(RULE, B, Hit("b", count=7)), (OTHER, A, Hit("bom", severity=Severity.INFO)), (OTHER, A, Hit("x"))]
    )
    assert [
        (each.rule, each.sitemap, each.severity, each.message, each.count)
        for each in collector.build_findings()
    ] == [
        ("SM203", A, "warning", "x", 1),
        ("SM203", A, "info", "bom", 1),
        ("SM306", B, "warning", "b", 7),
        ("SM306", A, "warning", "number 0", 1_000),
    ]
    assert [each.message for each in collector.build_findings()[-1].examples] == ["number 1"]


def test_waived_hits_are_only_counted() -> None:
    collector = FindingCollector(parse_selection(ignore_at=["SM306 /b.xml: theirs", "SM306 /x: ours"]))
    collector.add(
        [(RULE, A, Hit("a", loc="https://example.com/x")), (RULE, B, Hit("b", count=3)), (RULE, A, Hit("c"))]
    )
    assert [(each.message, each.count) for each in collector.build_findings()] == [("c", 1)]
    assert collector.excused == 4


def make_finding(count: int, sitemap: str | None = A, rule: str = "SM306") -> Finding:
    return Finding(rule, "name", Severity.WARNING, "message", sitemap, count=count)


def test_a_baseline_knows_what_it_was_made_of_at_any_host() -> None:
    baseline = decode_baseline(encode_baseline([make_finding(3), make_finding(1, None, "SM607")]))
    elsewhere = "http://127.0.0.1:8000/a.xml"
    assert subtract_baseline([make_finding(3, elsewhere), make_finding(1, None, "SM607")], baseline) == (
        [],
        4,
    )


def test_more_of_the_same_is_new() -> None:
    found, known = subtract_baseline([make_finding(5)], decode_baseline(encode_baseline([make_finding(3)])))
    assert ([each.count for each in found], known) == ([2], 3)


def test_the_same_elsewhere_is_new() -> None:
    found, known = subtract_baseline(
        [make_finding(2, B)], decode_baseline(encode_baseline([make_finding(3)]))
    )
    assert ([each.count for each in found], known) == ([2], 0)


def make_causes(**counts: int) -> Finding:
    causes = tuple(
        Cause(name, f"bad {name}", count, (Example(f"bad {name}", f"/{name}", 7),), count)
        for name, count in counts.items()
    )
    rest = 10
    finding = make_finding(sum(counts.values()) + rest)
    return msgspec.structs.replace(finding, causes=causes, message=causes[0].message, loc="/first")


def subtract(before: Finding, after: Finding) -> tuple[list[tuple[int, str | None, dict[str, int]]], int]:
    found, known = subtract_baseline([after], decode_baseline(encode_baseline([before])))
    return [(each.count, each.loc, {one.cause: one.count for one in each.causes}) for each in found], known


def test_a_new_cause_is_new_with_its_page() -> None:
    assert subtract(make_causes(UK=50), make_causes(UK=50, cz=3)) == ([(3, "/cz", {"cz": 3})], 60)


def test_more_places_of_a_cause_are_new_and_fewer_of_another_do_not_hide_them() -> None:
    assert subtract(make_causes(UK=50, cz=9), make_causes(UK=52, cz=5)) == ([(2, "/UK", {"UK": 2})], 65)


def test_the_same_causes_are_known() -> None:
    assert subtract(make_causes(UK=50, cz=9), make_causes(UK=50, cz=9)) == ([], 69)


def test_a_cause_that_was_not_listed_before_is_covered_by_the_rest() -> None:
    assert subtract(make_causes(UK=50), msgspec.structs.replace(make_causes(UK=50, cz=3), count=60)) == (
        [],
        60,
    )


def test_a_baseline_without_causes_covers_places_of_any_cause() -> None:
    assert subtract(make_finding(60), make_causes(UK=50)) == ([], 60)


def test_a_baseline_is_the_same_whatever_the_order() -> None:
    some = [make_finding(3), make_finding(2, B), make_finding(1, None, "SM607")]
    assert encode_baseline(some) == encode_baseline(reversed(some))


def test_an_example_does_not_hold_the_batch_whose_places_it_could_list() -> None:
    class Places:
        def __call__(self) -> range:
            return range(3)

    places = Places()
    held = weakref.ref(places)
    collector = FindingCollector(parse_selection())
    collector.add([RuleHit(RULE, A, Hit("three", count=3, places=places))])
    del places
    assert held() is None
    assert [each.count for each in collector.build_findings()] == [3]


def test_places_are_counted_by_cause_and_the_most_frequent_comes_first() -> None:
    collector = FindingCollector(parse_selection(), examples=2)
    values = ["rare", *["often"] * 5]
    hits = [Hit(f"bad: {each}", loc=f"/{at}", cause=each) for at, each in enumerate(values)]
    collector.add(RuleHit(RULE, A, hit) for hit in [*hits, Hit("another word for it", cause="rare")])
    causes = collector.build_findings()[0].causes
    assert [(each.cause, each.count, each.message) for each in causes] == [
        ("often", 5, "bad: often"),
        ("rare", 2, "rare"),
    ]
    assert [each.loc for each in causes[0].examples] == ["/1", "/2"]


def test_a_finding_with_very_many_causes_names_some_and_counts_all_places() -> None:
    collector = FindingCollector(parse_selection(), examples=2)
    collector.add(RuleHit(RULE, A, Hit("m", cause=f"value {number}")) for number in range(5_000))
    finding = collector.build_findings()[0]
    assert (finding.count, len(finding.causes)) == (5_000, 30)
