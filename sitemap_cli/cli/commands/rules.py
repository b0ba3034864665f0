"""Show the rules and their documentation."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import NotFoundError

if TYPE_CHECKING:
    from sitemap_cli.audit.rule import Rule
    from sitemap_cli.model.results import RuleResult, RuleSummary

GROUP = "rules"
JSON_KEYS = {"Checks": "Criterion", "Fix": "Mend"}


@command()
async def list_(
    run: Run,
    format_: Annotated[
        Literal["text", "json", "jsonl", "markdown"], typer.Option("--format", help="Output format.")
    ] = "text",
) -> None:
    """List every rule with its id, name, severity and summary; as markdown, with its documentation."""
    from sitemap_cli.audit import documentation
    from sitemap_cli.audit.engine import discover_rules
    from sitemap_cli.cli.view.rule_table import render_rule_table
    from sitemap_cli.model.results import RuleSummary

    if format_ == "markdown":
        run.console.print_lines(documentation.format_page(discover_rules()).splitlines())
        return
    summaries = [_summarize_rule(each) for each in discover_rules()]
    run.console.print_list(summaries, format_, render_rule_table, "there are no rules", type_=RuleSummary)


@command()
async def show(
    run: Run,
    rule: Annotated[str, typer.Argument(metavar="RULE", help="Id or name of a rule.")],
    format_: Annotated[
        Literal["text", "json", "markdown"], typer.Option("--format", help="Output format.")
    ] = "text",
) -> None:
    """Print the documentation of a rule: what it checks, why, how to fix it, examples and source."""
    from sitemap_cli.audit import documentation

    found = _find_rule(rule)
    if format_ == "json":
        run.console.print_json(_build_rule_result(found))
    elif format_ == "markdown":
        run.console.print_lines(documentation.format_markdown(found).splitlines())
    else:
        run.console.print_lines(documentation.format_text(found).splitlines())


def _find_rule(word: str) -> "Rule":
    from sitemap_cli.audit.engine import discover_rules
    from sitemap_cli.audit.selection import suggest_rule

    found = [each for each in discover_rules() if word.upper() == each.id or word.lower() == each.name]
    if not found:
        hint = suggest_rule(word) or "list them: sitemap rules list"
        raise NotFoundError("no such rule", where=word, hint=hint)
    return found[0]


def _summarize_rule(rule: "Rule") -> "RuleSummary":
    from sitemap_cli.model.results import RuleSummary

    return RuleSummary(
        rule=rule.id,
        name=rule.name,
        severity=rule.severity,
        scope=rule.scope.value,
        summary=rule.summary,
        engines={engine.value: severity for engine, severity in rule.engines.items()},
        runs=_describe_runs(rule),
    )


def _build_rule_result(rule: "Rule") -> "RuleResult":
    """Return a rule with the sections of its documentation by their keys in JSON, two of which are older."""
    from msgspec.structs import asdict

    from sitemap_cli.model.results import RuleResult

    documentation = {JSON_KEYS.get(name, name): text for name, text in rule.sections.items()}
    return RuleResult(**asdict(_summarize_rule(rule)), documentation=documentation)


def _describe_runs(rule: "Rule") -> str:
    """Return when a rule runs: always, for some search engines, or when it is selected."""
    if rule.opt_in_flag:
        return "selected"
    return "engine" if rule.engine_only else "always"
