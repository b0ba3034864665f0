"""``sitemap rules``: the list, and the documentation of each rule."""

import re

from sitemap_cli.audit.engine import discover_rules
from sitemap_cli.audit.rule_pages import build_pages
from tests.acceptance.command import Program
from tests.acceptance.terminal import remove_styles, shown
from tests.write_rule_pages import FOLDER


def test_every_rule_is_listed_once(program: Program) -> None:
    rows = program("rules", "list", "--format", "jsonl").records
    assert [row["rule"] for row in rows] == sorted({rule.id for rule in discover_rules()})
    assert {row["name"] for row in rows} == {rule.name for rule in discover_rules()}


def test_the_list_says_what_a_rule_needs_and_its_severities(program: Program) -> None:
    rows = {row["rule"]: row for row in program("rules", "list", "--format", "jsonl").records}
    assert rows["SM801"]["needs"] == ["sitemap", "complete job", "second run"]
    assert rows["SM215"]["engines"] == {"yandex": "error"}
    assert rows["SM303"]["since"] == "0.1.0"
    assert "family" in program("rules", "list", "--format", "csv").lines[0].split(",")
    (line,) = [line for line in program("rules", "list").lines if line.startswith("SM705")]
    assert "warning (google: error)" in line


def test_a_rule_is_shown_by_its_id_or_name(program: Program) -> None:
    by_id, by_name = program("rules", "show", "sm303"), program("rules", "show", "loc-too-long")
    assert by_id.out == by_name.out
    assert by_id.lines[0] == "SM303 loc-too-long"
    assert {"What it checks", "How to fix it", "Before", "After", "Sources"} <= set(by_id.lines)
    assert max(map(len, by_id.lines)) <= 80


def test_several_rules_are_shown_once_each(program: Program) -> None:
    done = program("rules", "show", "SM303", "SM301", "SM303")
    assert [line for line in done.lines if line.startswith("SM")] == [
        "SM303 loc-too-long",
        "SM301 loc-missing",
    ]
    rows = program("rules", "show", "SM303", "SM301", "--format", "jsonl").records
    assert [row["rule"] for row in rows] == ["SM303", "SM301"]
    assert program("rules", "show", "SM303", "SM301", "--format", "json").code == 2


def test_the_keys_of_the_documentation_in_json_stay_as_they_were(program: Program) -> None:
    documentation = program("rules", "show", "SM303", "--format", "json").json["documentation"]
    assert set(documentation) >= {"Criterion", "Why", "Mend", "Bad", "Good", "Source"}


def test_an_unknown_rule_is_a_mistake(program: Program) -> None:
    done = program("rules", "show", "SM999")
    assert (done.code, done.out) == (2, "")


def test_the_pages_of_the_rules_are_up_to_date(program: Program) -> None:
    pages = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.md")}
    assert pages == build_pages(discover_rules()), "run: make pages"
    assert program("rules", "list", "--format", "markdown").out == pages["README.md"]
    assert program("rules", "show", "SM303", "--format", "markdown").out == pages["SM303.md"]


def test_ids_and_names_are_used_once() -> None:
    every = discover_rules()
    assert len({rule.id for rule in every}) == len({rule.name for rule in every}) == len(every)
    assert all(re.fullmatch(r"SM\d{3}", rule.id) for rule in every)
    assert all(re.fullmatch(r"[a-z0-9-]+", rule.name) and rule.summary.endswith(".") for rule in every)


def test_a_terminal_shows_the_lines_of_a_pipe_with_styles(
    program: Program,
) -> None:
    screen = shown(program, "rules", "show", "SM405", "SM303", columns=80)
    assert "\x1b[1mSM405 index-child-broken\x1b[0m" in screen
    assert "\x1b[1mWhy it matters\x1b[0m" in screen
    assert "merror\x1b[0m" in screen
    assert remove_styles(screen).split() == program("rules", "show", "SM405", "SM303").out.split()
