"""Parts that report formats share: findings as JSON values, counts, and text that is safe to print."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import msgspec
from msgspec import UNSET

from sitemap_cli.model.check_results import (
    CheckFinding,
    CheckSummary,
    FindingCause,
    FindingExample,
    TargetResult,
)
from sitemap_cli.model.values import Cause, Example, Finding, Severity
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.output.report import CheckedTarget, Report

NAMED = 100
"""Messages cut long URLs; one that contains this many characters of a URL names it."""

Located = tuple[CheckedTarget, Finding]


def list_findings(report: Report) -> Iterator[Located]:
    """Yield every finding that counts, with its target."""
    return ((checked, finding) for checked in report.checks for finding in checked.findings)


def sort_by_severity(report: Report) -> list[Located]:
    """Return every finding that counts with its target, errors first."""
    return sorted(list_findings(report), key=lambda each: each[1].severity.rank)


def group_by_rule(findings: Sequence[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    """Yield the id of each rule with its findings, in the order of the ids."""
    ordered = sorted(findings, key=lambda each: each.rule)
    return ((rule, list(group)) for rule, group in groupby(ordered, key=lambda each: each.rule))


def build_finding(checked: CheckedTarget, finding: Finding) -> CheckFinding:
    """Return a finding as JSON output has it."""
    return CheckFinding(
        rule=finding.rule,
        name=finding.name,
        severity=finding.severity,
        message=finding.message,
        sitemap=finding.sitemap,
        loc=finding.loc,
        line=finding.line,
        column=finding.column,
        count=finding.count,
        domain=checked.domain,
        examples=[_build_example(each) for each in finding.examples] or UNSET,
        causes=[_build_cause(each) for each in finding.causes] or UNSET,
    )


def _build_example(example: Example) -> FindingExample:
    return FindingExample(example.message, example.loc, example.line, example.column)


def _build_cause(cause: Cause) -> FindingCause:
    examples = [_build_example(each) for each in cause.examples]
    return FindingCause(cause.cause, cause.message, cause.count, examples)


def build_targets(report: Report) -> list[TargetResult]:
    """Return the outcome of each target as JSON output has it."""
    return [_build_target(each) for each in report.checks]


def _build_target(checked: CheckedTarget) -> TargetResult:
    result = msgspec.convert(checked, TargetResult, from_attributes=True)
    scope, all_urls = checked.part or (UNSET, UNSET)
    probed = UNSET if checked.pages is None else checked.pages
    return msgspec.structs.replace(result, scope=scope, all_urls=all_urls, probed=probed)


def count_findings(report: Report) -> CheckSummary:
    """Return the number of findings of each severity, of those that do not count, and of rules checked."""
    counts = Counter(finding.severity for _, finding in list_findings(report))
    return CheckSummary(
        error=counts[Severity.ERROR],
        warning=counts[Severity.WARNING],
        info=counts[Severity.INFO],
        excused=report.excused,
        known=report.known,
        rules=report.checked,
        rules_without_data=report.idle or UNSET,
    )


def format_place(finding: Finding, files: Mapping[str, str] | None = None) -> str:
    """Return ``sitemap:line:column`` as far as it is known; empty for a finding about the whole site.

    ``files`` has the local files of sitemaps, which take the place of their URLs.
    """
    if finding.sitemap is None:
        return ""
    numbers = [finding.line, finding.column if finding.line else None]
    sitemap = (files or {}).get(finding.sitemap, finding.sitemap)
    return ":".join([escape_text(sitemap), *(str(each) for each in numbers if each)])


def format_message(finding: Finding | Example) -> str:
    """Return the message on one line, followed by the URL it is about unless it names the URL itself."""
    loc, message = finding.loc, escape_text(finding.message)
    named = loc is None or escape_text(loc)[:NAMED] in message or loc[:NAMED] in finding.message
    return message if named else f"{message}: {escape_text(str(loc))}"


def format_finding(finding: Finding) -> str:
    """Return the message with its URL, and the number of further findings like it."""
    more = f" (and {finding.count - 1:,} more like it)" if finding.count > 1 else ""
    return f"{format_message(finding)}{more}"
