"""A table of rules."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.console import Group, RenderableType
from rich.text import Text

from sitemap_cli.cli.look.by_output import ByOutput
from sitemap_cli.cli.look.styles import QUIET, SEVERITY_STYLES
from sitemap_cli.cli.look.table import create_table, prose_column, word_column
from sitemap_cli.model.results import RuleSummary


def render_rule_table(rules: Sequence[RuleSummary]) -> RenderableType:
    """Return a table with a row for each rule; on a terminal, a table for each family."""
    return ByOutput(lambda: _render_whole(rules), lambda _: Group(*_render_families(rules)))


def _render_whole(rules: Sequence[RuleSummary]) -> RenderableType:
    table = create_table(
        word_column("rule"),
        word_column("name"),
        word_column("severity"),
        word_column("needs"),
        word_column("summary"),
    )
    for rule in rules:
        table.add_row(
            rule.rule, rule.name, _describe_severities(rule), ", ".join(_list_needs(rule)), rule.summary
        )
    return table


def _render_families(rules: Sequence[RuleSummary]) -> Iterator[RenderableType]:
    longest = max((len(each.name) for each in rules), default=0)
    for number, (family, members) in enumerate(groupby(rules, key=lambda each: each.family)):
        if number:
            yield Text("")
        table = create_table(
            *(word_column() for _ in range(3)), prose_column(), title=family.capitalize(), headings=False
        )
        for rule in members:
            severity = Text(f"{rule.severity.value:7}", SEVERITY_STYLES[rule.severity])
            table.add_row(rule.rule, severity, rule.name.ljust(longest), _describe(rule))
        yield table


def _describe(rule: RuleSummary) -> Text:
    """Return the summary, with what the rule needs and other severities in brackets."""
    needs = [f"needs {', '.join(_list_needs(rule))}"] if _list_needs(rule) else []
    others = [f"{engine}: {severity}" for engine, severity in rule.engines.items()]
    notes = "; ".join((*needs, *others))
    return Text.assemble(rule.summary, (f" ({notes})" if notes else "", QUIET))


def _list_needs(rule: RuleSummary) -> list[str]:
    return [name for name in rule.needs if name != "sitemap"]


def _describe_severities(rule: RuleSummary) -> str:
    """Return the severity, and those for single search engines in brackets."""
    others = ", ".join(f"{engine}: {severity}" for engine, severity in rule.engines.items())
    if rule.runs == "engine":
        return others
    return f"{rule.severity} ({others})" if others else rule.severity
