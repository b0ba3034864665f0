"""A report as JUnit XML: a suite for each target, and in it a case for each rule that was broken.

Grouped by rule, because a site with ten thousand faults of one kind has one thing to fix.
See https://github.com/testmoapp/junitxml
"""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from junitparser import Error, Failure, JUnitXml, TestCase, TestSuite

from sitemap_cli.model.values import Finding
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.output.report import CheckedTarget, Report
from sitemap_cli.output.report_parts import format_finding, format_place, group_by_rule

MOST = 100
"""Findings that are told of a rule."""


def write(report: Report, stream: BinaryIO) -> None:
    """Write a report."""
    document: Any = JUnitXml("sitemap check")
    for checked in report.checks:
        suite = TestSuite(escape_text(checked.target))
        suite.add_testcases(list(_cases(checked, report)))
        document.add_testsuite(suite)
    document.update_statistics()
    stream.write(document.tostring() + b"\n")


def _cases(checked: CheckedTarget, report: Report) -> Iterator[TestCase]:
    if checked.error:
        case = TestCase("the site was read", escape_text(checked.domain))
        case.result = [Error(escape_text(checked.error), checked.verdict or checked.status)]
        yield case
    for _, findings in group_by_rule(checked.findings):
        yield _case(checked, findings, report)
    if not checked.findings and not checked.error:
        yield TestCase("all rules", escape_text(checked.domain))


def _case(checked: CheckedTarget, findings: Sequence[Finding], report: Report) -> TestCase:
    """One rule: a failure if what it found is severe enough, else a case that says so in passing."""
    rule = report.rules[findings[0].rule]
    case = TestCase(f"{rule.id} {rule.name}", escape_text(checked.domain))
    text = "\n".join(_lines(findings))
    failing = [each for each in findings if report.is_failure(each)]
    if failing:
        failure = Failure(escape_text(rule.summary), failing[0].severity.value)
        failure.text = text
        case.result = [failure]
    else:
        case.system_out = text
    return case


def _lines(findings: Sequence[Finding]) -> Iterator[str]:
    for each in findings[:MOST]:
        where = format_place(each)
        yield f"{where}: {format_finding(each)}" if where else format_finding(each)
    if len(findings) > MOST:
        yield f"and in {len(findings) - MOST:,} more sitemaps"
