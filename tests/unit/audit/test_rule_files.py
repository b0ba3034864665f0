"""Rules lie where their ids and names say, each with a file of cases."""

import importlib
from pathlib import Path

import pytest
import yaml

import sitemap_cli.audit.rules
from sitemap_cli.audit.engine import discover_rules
from sitemap_cli.audit.families import FAMILIES
from sitemap_cli.audit.rule import Rule, Scope

FOLDER = Path(sitemap_cli.audit.rules.__file__).parent
CASES = Path(__file__).parents[2] / "data" / "rules"
FILES = sorted(file for file in FOLDER.rglob("*.py") if file.name != "__init__.py")


@pytest.mark.parametrize("rule", discover_rules(), ids=lambda rule: rule.id)
def test_a_rule_lies_in_the_folder_of_its_family(rule: Rule) -> None:
    assert rule.id.startswith(FAMILIES[rule.family].prefix)


@pytest.mark.parametrize("rule", discover_rules(), ids=lambda rule: rule.id)
def test_a_rule_is_called_like_its_function(rule: Rule) -> None:
    module = importlib.import_module(rule.check.__module__)
    assert getattr(module, rule.name.replace("-", "_")) is rule


def test_every_family_has_a_folder() -> None:
    assert {file.parent.name for file in FOLDER.glob("*/__init__.py")} == set(FAMILIES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_of_rules_has_a_file_of_cases(file: Path) -> None:
    where = file.relative_to(FOLDER).with_suffix("")
    module = ".".join(("sitemap_cli.audit.rules", *where.parts))
    ids = {rule.id for rule in discover_rules() if rule.check.__module__ == module}
    assert len(where.parts) == 2
    assert ids
    assert ids == set(yaml.safe_load((CASES / where.with_suffix(".yaml")).read_text()))


JUDGES_LISTED_URLS = {"SM723"}
"""Rules that compare listed URLs with a list, and are right about them whatever else could not be read."""


@pytest.mark.parametrize("rule", discover_rules(), ids=lambda rule: rule.id)
def test_rules_about_lost_and_unlisted_pages_need_a_complete_job(rule: Rule) -> None:
    is_about_responses = rule.scope is Scope.PAGE or "probe_totals" in rule.needs
    if rule.id not in JUDGES_LISTED_URLS:
        assert rule.needs_complete is (rule.family in ("pages", "history") and not is_about_responses)
