"""What to do about findings, by case."""

import inspect
import re
from pathlib import Path

import pytest

from sitemap_cli.audit.engine import discover_rules
from sitemap_cli.audit.fixes import parse_fix
from sitemap_cli.model.values import Fix

TEXT = """Do it
    well.

    - missing: Restore ``it``,
      or remove it.
    - refused: Allow it: now."""
CASES = [(each, case) for each in discover_rules() for case in each.fix.cases]
HELPERS = Path(inspect.getfile(parse_fix)).parent


def test_cases_are_the_items_of_a_list_at_the_end() -> None:
    guide = parse_fix(TEXT)
    assert guide.general == "Do it well."
    assert guide.cases == {"missing": "Restore `it`, or remove it.", "refused": "Allow it: now."}
    assert parse_fix("Do it.").cases == {}
    assert parse_fix("\n- a: B.\n- c: D.") == parse_fix("- a: B.\n- c: D.")
    assert parse_fix("- a: B.\n- c: D.").general == ""


def test_only_the_cases_that_were_found_are_chosen() -> None:
    guide = parse_fix(TEXT)
    assert guide.choose([None]) == (Fix(None, "Do it well."),)
    assert guide.choose(["refused", "missing"]) == tuple(Fix(*each) for each in guide.cases.items())
    assert [case for case, _ in guide.choose(["refused", None])] == [None, "refused"]


@pytest.mark.parametrize(("rule", "case"), CASES, ids=lambda each: getattr(each, "id", each))
def test_a_case_is_named_by_the_code(rule, case) -> None:
    module = Path(inspect.getfile(rule.check)).read_text()
    helpers = "".join(each.read_text() for each in HELPERS.glob("*.py"))
    assert re.search(rf"(?<!- )[\"']{re.escape(case)}[\"']", module + helpers)


@pytest.mark.parametrize("module", sorted({inspect.getfile(each.check) for each in discover_rules()}))
def test_the_code_names_only_cases_of_the_documentation(module) -> None:
    named = set(re.findall(r'fix="([^"]+)"', Path(module).read_text()))
    known = {case for each, case in CASES if inspect.getfile(each.check) == module}
    assert named <= known
