"""``sitemap rules``: the list, and the documentation of each rule."""

import re
from pathlib import Path

import pytest

from sitemap_cli.audit.engine import discover_rules
from sitemap_cli.audit.rule import SECTIONS, Rule
from tests.acceptance.command import Program

ROOT = Path(__file__).parents[2]


def test_every_rule_is_listed_once(program: Program) -> None:
    rows = program("rules", "list", "--format", "jsonl").records
    assert [row["rule"] for row in rows] == sorted({rule.id for rule in discover_rules()})
    assert {row["name"] for row in rows} == {rule.name for rule in discover_rules()}


def test_a_rule_is_shown_by_its_id_or_name(program: Program) -> None:
    by_id, by_name = program("rules", "show", "sm303"), program("rules", "show", "loc-too-long")
    assert by_id.out == by_name.out
    assert by_id.lines[0].startswith("SM303 loc-too-long (error")
    assert {"Checks", "Fix", "Bad", "Good", "Source"} <= set(by_id.lines)


def test_the_keys_of_the_documentation_in_json_stay_as_they_were(program: Program) -> None:
    documentation = program("rules", "show", "SM303", "--format", "json").json["documentation"]
    assert list(documentation) == ["Criterion", "Why", "Mend", "Bad", "Good", "Source"]


def test_an_unknown_rule_is_a_mistake(program: Program) -> None:
    done = program("rules", "show", "SM999")
    assert (done.code, done.out) == (2, "")


def test_the_page_of_all_rules_is_up_to_date(program: Program) -> None:
    made = program("rules", "list", "--format", "markdown").out
    assert (ROOT / "RULES.md").read_text() == made


@pytest.mark.parametrize("rule", discover_rules(), ids=lambda rule: rule.id)
def test_a_rule_is_documented(rule: Rule) -> None:
    assert re.fullmatch(r"SM\d{3}", rule.id)
    assert re.fullmatch(r"[a-z0-9-]+", rule.name)
    assert rule.summary.endswith(".")
    assert set(SECTIONS) - {"Why"} <= set(rule.sections)
    assert all(rule.sections.values())
    assert re.match(r"https://|own \(", rule.sections["Source"])


def test_ids_and_names_are_used_once() -> None:
    every = discover_rules()
    assert len({rule.id for rule in every}) == len({rule.name for rule in every}) == len(every)
