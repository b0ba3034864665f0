"""A table of rules."""

from collections.abc import Sequence

from rich.console import RenderableType

from sitemap_cli.cli.view.table import create_table, text_column
from sitemap_cli.model.results import RuleSummary


def render_rule_table(rules: Sequence[RuleSummary]) -> RenderableType:
    """Return a table with a row for each rule."""
    table = create_table(
        text_column("rule", wrap=False),
        text_column("name", wrap=False),
        text_column("severity"),
        text_column("needs"),
        text_column("summary"),
    )
    for rule in rules:
        needs = ", ".join(name for name in rule.needs if name != "sitemap")
        table.add_row(rule.rule, rule.name, _describe_severities(rule), needs, rule.summary)
    return table


def _describe_severities(rule: RuleSummary) -> str:
    """Return the severity, and those for single search engines in brackets."""
    others = ", ".join(f"{engine}: {severity}" for engine, severity in rule.engines.items())
    if rule.runs == "engine":
        return others
    return f"{rule.severity} ({others})" if others else rule.severity
