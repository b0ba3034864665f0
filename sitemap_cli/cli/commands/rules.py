"""The rules of a check, and their documentation."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import NotFoundError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sitemap_cli.audit.rule import Rule

GROUP = "rules"
JSON_KEYS = {"Checks": "Criterion", "Fix": "Mend"}


@command()
async def list_(
    run: Run,
    format_: Annotated[
        Literal["text", "json", "jsonl", "markdown"], typer.Option("--format", help="What to print.")
    ] = "text",
) -> None:
    """List every rule: its id, name, severity and what it says; as markdown, all there is to know."""
    from sitemap_cli.audit import documentation
    from sitemap_cli.audit.engine import discover_rules

    if format_ == "markdown":
        run.console.print_lines(documentation.format_page(discover_rules()).splitlines())
        return
    run.console.print_list(
        [_describe_rule(each) for each in discover_rules()], format_, _render_rule_table, "there are no rules"
    )


@command()
async def show(
    run: Run,
    rule: Annotated[str, typer.Argument(metavar="RULE", help="Its id or name.")],
    format_: Annotated[
        Literal["text", "json", "markdown"], typer.Option("--format", help="What to print.")
    ] = "text",
) -> None:
    """Print the documentation of a rule: what it checks, why, how to fix it, examples and source."""
    from sitemap_cli.audit import documentation

    found = _find_rule(rule)
    if format_ == "json":
        run.console.print_json({**_describe_rule(found), "documentation": _format_documentation(found)})
    elif format_ == "markdown":
        run.console.print_lines(documentation.format_markdown(found).splitlines())
    else:
        run.console.print_lines(documentation.format_text(found).splitlines())


def _find_rule(word: str) -> "Rule":
    from sitemap_cli.audit.engine import discover_rules

    found = [each for each in discover_rules() if word.upper() == each.id or word.lower() == each.name]
    if not found:
        raise NotFoundError("no such rule", where=word, hint="sitemap rules list shows them")
    return found[0]


def _describe_rule(rule: "Rule") -> dict[str, Any]:
    return {
        "rule": rule.id,
        "name": rule.name,
        "severity": rule.severity.value,
        "scope": rule.scope.value,
        "summary": rule.summary,
        "engines": {engine.value: severity.value for engine, severity in rule.engines.items()},
        "runs": _split_runs(rule),
    }


def _format_documentation(rule: "Rule") -> dict[str, str]:
    """Return the sections of the documentation by their keys in JSON, two of which are older names."""
    return {JSON_KEYS.get(name, name): text for name, text in rule.sections.items()}


def _split_runs(rule: "Rule") -> str:
    """When a rule runs: always, for some search engines, or when it is selected."""
    if rule.opt_in_flag:
        return "selected"
    return "engine" if rule.engine_only else "always"


def _render_rule_table(rows: list[dict[str, Any]]) -> "RenderableType":
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False)
    for heading in ("rule", "name", "severity", "summary"):
        drawn.add_column(heading, overflow="fold", no_wrap=heading != "summary")
    for row in rows:
        drawn.add_row(row["rule"], row["name"], row["severity"], row["summary"])
    return drawn
