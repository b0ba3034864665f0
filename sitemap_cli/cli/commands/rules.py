"""Show the rules and their documentation."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sitemap_cli.cli.framework.command import command
from sitemap_cli.cli.framework.runtime import Run
from sitemap_cli.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from sitemap_cli.audit.rule import Rule
    from sitemap_cli.model.results import RuleResult, RuleSummary

GROUP = "rules"
JSON_KEYS = {"Checks": "Criterion", "Fix": "Mend"}


@command()
async def list_(
    run: Run,
    format_: Annotated[
        Literal["text", "json", "jsonl", "csv", "markdown"], typer.Option("--format", help="Output format.")
    ] = "text",
) -> None:
    """List every rule with its id, name, severities, what it needs, and its summary.

    $ sitemap rules list
    $ sitemap rules list --format csv
    """
    from sitemap_cli.audit.engine import discover_rules
    from sitemap_cli.audit.rule_pages import format_index
    from sitemap_cli.cli.view.rule_table import render_rule_table
    from sitemap_cli.model.results import RuleSummary

    if format_ == "markdown":
        run.console.print_lines(format_index(discover_rules()).splitlines())
        return
    summaries = [_summarize_rule(each) for each in discover_rules()]
    run.console.print_list(summaries, format_, render_rule_table, "there are no rules", type_=RuleSummary)


@command()
async def show(
    run: Run,
    rules: Annotated[list[str], typer.Argument(metavar="RULE", help="Id or name of a rule; repeatable.")],
    format_: Annotated[
        Literal["text", "json", "jsonl", "markdown"], typer.Option("--format", help="Output format.")
    ] = "text",
) -> None:
    """Print the documentation of rules: what they check, why, examples, fixes, sources.

    $ sitemap rules show SM303
    $ sitemap rules show loc-too-long
    """
    from sitemap_cli.audit.rule_pages import format_page
    from sitemap_cli.audit.rule_text import WIDTH, format_text
    from sitemap_cli.cli.view.rule_page import render_rule_pages

    found = [_find_rule(word) for word in dict.fromkeys(rules)]
    if format_ in ("json", "jsonl"):
        if format_ == "json" and len(found) > 1:
            raise UsageError("--format json prints one rule", hint="use --format jsonl")
        results = [_build_rule_result(each) for each in found]
        run.console.print_json(results[0] if format_ == "json" else results, lines=format_ == "jsonl")
        return
    if format_ == "text" and run.console.width is not None:
        run.console.print_rendered(render_rule_pages(found))
        return
    pages = (format_page(each) if format_ == "markdown" else format_text(each, WIDTH) for each in found)
    run.console.print_lines("\n\n\n".join(pages).splitlines())


def _find_rule(word: str) -> "Rule":
    from sitemap_cli.audit.engine import discover_rules
    from sitemap_cli.audit.selection import suggest_rule

    found = [each for each in discover_rules() if word.upper() == each.id or word.lower() == each.name]
    if not found:
        hint = suggest_rule(word) or "list them: sitemap rules list"
        raise NotFoundError("no such rule", where=word, hint=hint)
    return found[0]


def _summarize_rule(rule: "Rule") -> "RuleSummary":
    from sitemap_cli.audit.rule_needs import list_need_names
    from sitemap_cli.model.results import RuleSummary

    return RuleSummary(
        rule=rule.id,
        name=rule.name,
        severity=rule.severity,
        scope=rule.scope.value,
        summary=rule.summary,
        engines={engine.value: severity for engine, severity in rule.engines.items()},
        runs=_describe_runs(rule),
        family=rule.family,
        needs=list_need_names(rule),
        since=rule.since,
    )


def _build_rule_result(rule: "Rule") -> "RuleResult":
    """Return a rule with the sections of its documentation by their keys in JSON, two of which are older."""
    from msgspec.structs import asdict

    from sitemap_cli.audit.documentation import list_references
    from sitemap_cli.model.results import RuleResult

    documentation = {JSON_KEYS.get(name, name): text for name, text in rule.sections.items()}
    related = sorted(each.id for _, rules in list_references(rule) for each in rules)
    return RuleResult(**asdict(_summarize_rule(rule)), documentation=documentation, related=related)


def _describe_runs(rule: "Rule") -> str:
    """Return when a rule runs: always, for some search engines, or when it is selected."""
    if rule.opt_in or rule.opt_in_flag:
        return "selected"
    return "engine" if rule.engine_only else "always"
