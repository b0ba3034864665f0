"""Rules need facts that exist."""

import pytest

from sitemap_cli import plugins
from sitemap_cli.audit.engine import discover_rules
from sitemap_cli.audit.rule import Rule
from sitemap_cli.services.checking.fact import Fact
from sitemap_cli.services.checking.fact_gathering import PACKAGE, discover_facts


@pytest.mark.parametrize("rule", [rule for rule in discover_rules() if rule.needs], ids=lambda rule: rule.id)
def test_every_fact_that_a_rule_needs_can_be_gathered(rule: Rule) -> None:
    assert rule.needs <= set(discover_facts())


def test_every_fact_is_needed_by_a_rule() -> None:
    assert set(discover_facts()) == frozenset[str]().union(*(rule.needs for rule in discover_rules()))


def test_every_fact_has_a_name_of_its_own() -> None:
    values = [value for module in plugins.load_modules(PACKAGE) for value in vars(module).values()]
    names = [value.name for value in values if isinstance(value, Fact)]
    assert len(names) == len(set(names))
