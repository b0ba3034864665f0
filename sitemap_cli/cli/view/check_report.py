"""The report of a check, for people: by severity and rule, each with what to do about it."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from sitemap_cli.cli.view.analysis import SEVERITIES
from sitemap_cli.cli.view.numbers import format_count
from sitemap_cli.model.values import Example, Finding, Severity
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.output.report import CheckedTarget, Report, RuleInfo
from sitemap_cli.output.report_parts import format_message

MOST_SITEMAPS = 5
"""Sitemaps that are told of each rule; there may be ten thousand that all have the same fault."""


def render_check_report(report: Report, *, quiet: bool = False) -> RenderableType:
    """Every target with its findings, then the sum of them; when quiet, only what fails."""
    parts: list[RenderableType] = []
    for checked in report.checks:
        findings = [each for each in checked.findings if not quiet or report.is_failure(each)]
        parts += [_head(checked), *_by_rule(findings, report), Text("")]
    return Group(*parts, _sum(report))


def _head(checked: CheckedTarget) -> RenderableType:
    verdict = checked.verdict or checked.status
    counts = f"{format_count(checked.urls, 'URL')} in {format_count(checked.sitemaps, 'sitemap')}"
    line = Text.assemble(
        (escape_text(checked.target), "bold"),
        "  ",
        (verdict, "bold green" if verdict == "ok" else "bold yellow"),
        f"  {counts}",
    )
    return Group(line, Text(escape_text(checked.error), "yellow")) if checked.error else line


def _by_rule(findings: Sequence[Finding], report: Report) -> Iterator[RenderableType]:
    ranked = sorted(findings, key=lambda each: (each.severity.rank, each.rule))
    for (severity, rule), group in groupby(ranked, key=lambda each: (each.severity, each.rule)):
        yield Text("")
        yield from _rule(severity, report.rules[rule], list(group))


def _rule(severity: Severity, rule: RuleInfo, findings: Sequence[Finding]) -> Iterator[RenderableType]:
    times = sum(each.count for each in findings)
    often = f"  {times:,} times" if times > 1 else ""
    yield Text.assemble(
        (severity.value, SEVERITIES[severity]), f" {rule.id} ", (rule.name, "bold"), (often, "dim")
    )
    yield _indented(Text(escape_text(rule.summary)))
    for finding in findings[:MOST_SITEMAPS]:
        yield from _finding(finding)
    if len(findings) > MOST_SITEMAPS:
        yield _indented(Text(f"and in {len(findings) - MOST_SITEMAPS:,} more sitemaps", "dim"))
    yield _indented(Text(escape_text(f"fix: {' '.join(rule.fix.split())}"), "dim"))


def _finding(finding: Finding) -> Iterator[RenderableType]:
    """The places of a finding, the first of which is told in the finding itself."""
    first = Example(finding.message, finding.loc, finding.line, finding.column)
    for each in (first, *finding.examples):
        yield _indented(
            Text.assemble((escape_text(_place(finding.sitemap, each)), "dim"), format_message(each))
        )
    more = finding.count - 1 - len(finding.examples)
    if more > 0:
        yield _indented(Text(f"and {more:,} more", "dim"), 4)


def _place(sitemap: str | None, example: Example) -> str:
    if sitemap is None:
        return ""
    line = f":{example.line}" if example.line else ""
    column = f":{example.column}" if line and example.column else ""
    return f"{sitemap}{line}{column}  "


def _indented(text: Text, by: int = 2) -> RenderableType:
    return Padding(text, (0, 0, 0, by))


def _sum(report: Report) -> RenderableType:
    every = [each for checked in report.checks for each in checked.findings]
    told = [
        format_count(sum(each.severity is severity for each in every), severity.value)
        for severity in Severity
    ]
    more = []
    if report.known:
        more.append(f"{report.known:,} known from the baseline")
    if report.excused:
        more.append(f"{report.excused:,} excused")
    line = f"{', '.join([*told, *more])}; {format_count(report.checked, 'rule')} checked"
    return Text(line, "bold green" if report.exit_code == 0 else "bold")
