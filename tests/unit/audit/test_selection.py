"""Which rules run, and how severe they are."""

import pytest

from sitemap_cli.audit.engine import discover_rules
from sitemap_cli.audit.selection import parse_selection
from sitemap_cli.errors import UsageError
from sitemap_cli.model.values import Engine, Severity

USUAL = {rule.id for rule in discover_rules() if not (rule.opt_in or rule.opt_in_flag or rule.engine_only)}
BY_ID = {rule.id: rule for rule in discover_rules()}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, USUAL),
        ({"select": ["SM306"]}, {"SM306"}),
        ({"select": ["loc-fragment"]}, {"SM306"}),
        ({"select": ["sm306"]}, {"SM306"}),
        ({"select": ["SM53"]}, {each for each in USUAL if each.startswith("SM53")}),
        (
            {"select": ["SM53"], "ignore": ["SM530"]},
            {each for each in USUAL if each.startswith("SM53")} - {"SM530"},
        ),
        ({"ignore": ["SM"], "select": ["SM306"]}, {"SM306"}),
        ({"ignore": ["SM3"]}, {each for each in USUAL if not each.startswith("SM3")}),
        ({"select": ["SM306"], "ignore": ["SM306"]}, set()),
        ({"select": ["SM327"]}, {"SM327"}),
        ({"select": ["SM", "SM717"]}, {*USUAL, "SM717"}),
        ({"select": ["SM717"]}, {"SM717"}),
        ({"select": ["SM32"], "ignore": ["SM321", "SM322", "SM323", "SM324", "SM325"]}, {"SM326"}),
        ({"select": ["SM327"], "engine": Engine.BING}, {"SM327"}),
    ],
)
def test_the_longest_beginning_of_an_id_decides(options, expected) -> None:
    assert {rule.id for rule in parse_selection(**options).select_rules()} == expected


def test_rules_for_one_search_engine_run_for_that_one() -> None:
    assert {"SM327"} == {rule.id for rule in parse_selection(engine=Engine.BING).select_rules()} - USUAL
    assert {rule.id for rule in parse_selection(engine=Engine.GOOGLE).select_rules()} == USUAL


@pytest.mark.parametrize(
    ("options", "rule", "severity"),
    [
        ({}, "SM325", Severity.INFO),
        ({"engine": Engine.BING}, "SM325", Severity.WARNING),
        ({"engine": Engine.BING, "severity": ["SM325=error"]}, "SM325", Severity.ERROR),
        ({"severity": ["SM3=error", "SM325=info"]}, "SM325", Severity.INFO),
        ({"severity": ["SM3=error", "SM325=info"]}, "SM306", Severity.ERROR),
        ({"severity": ["loc-fragment = info"]}, "SM306", Severity.INFO),
    ],
)
def test_the_user_s_severity_comes_before_the_engine_s_and_the_rule_s(options, rule, severity) -> None:
    assert parse_selection(**options).resolve_severity(BY_ID[rule]) is severity


def test_the_severity_of_a_hit_comes_before_that_of_its_rule() -> None:
    rule = BY_ID["SM203"]
    assert parse_selection().resolve_severity(rule, Severity.INFO) is Severity.INFO
    assert parse_selection(severity=["SM203=error"]).resolve_severity(rule, Severity.INFO) is Severity.ERROR


@pytest.mark.parametrize(
    ("pattern", "url", "excused"),
    [
        ("/feed/*", "https://example.com/feed/a", True),
        ("/feed/*", "https://example.com/a/feed/b", False),
        ("/a?x=*", "https://example.com/a?x=1", True),
        ("https://cdn.example.com/*", "https://cdn.example.com/a", True),
        ("https://cdn.example.com/*", "https://example.com/a", False),
        ("*.xml", "https://example.com/sitemaps/a.xml", True),
    ],
)
def test_a_waiver_covers_paths_or_whole_urls(pattern, url, excused) -> None:
    chosen = parse_selection(ignore_at=[f"SM308 {pattern}: because"])
    assert chosen.is_waived(BY_ID["SM308"], url) is excused
    assert not chosen.is_waived(BY_ID["SM306"], url)


@pytest.mark.parametrize(
    "options",
    [
        {"select": ["SM9999"]},
        {"select": [""]},
        {"ignore": ["SMX"]},
        {"severity": ["SM306"]},
        {"severity": ["SM306=fatal"]},
        {"ignore_at": ["SM308 /feed/*"]},
        {"ignore_at": ["SM308 /feed/*: "]},
        {"ignore_at": ["/feed/*: because"]},
    ],
)
def test_invalid_options_are_refused(options) -> None:
    with pytest.raises(UsageError):
        parse_selection(**options)


def test_an_invalid_url_is_waived_only_by_its_whole_text() -> None:
    assert parse_selection(ignore_at=["SM304 *//[*: theirs"]).is_waived(BY_ID["SM304"], "https://[x")
    assert not parse_selection(ignore_at=["SM304 /x: theirs"]).is_waived(BY_ID["SM304"], "https://[x")


def test_a_flag_turns_on_the_rules_that_name_it() -> None:
    assert {rule.id for rule in parse_selection(flags=["--xsd"]).select_rules()} - USUAL == {"SM211"}
    assert {rule.id for rule in parse_selection(["SM306"], flags=["--xsd"]).select_rules()} == {
        "SM211",
        "SM306",
    }
    assert {rule.id for rule in parse_selection(ignore=["SM211"], flags=["--xsd"]).select_rules()} == USUAL
