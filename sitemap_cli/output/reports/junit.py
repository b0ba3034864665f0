"""A report as JUnit XML: a suite for each target, and in it a case for each rule that was broken.

Grouped by rule, because a site with ten thousand faults of one kind has one thing to fix.
See https://github.com/testmoapp/junitxml
"""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from junitparser import Error, Failure, JUnitXml, TestCase, TestSuite

from sitemap_cli.model.values import Finding
from sitemap_cli.output.report import Checked, Report
from sitemap_cli.output.reported import by_rule, place, told
from sitemap_cli.output.safe import safe

MOST = 100
"""Findings that are told of a rule."""


def write(report: Report, stream: BinaryIO) -> None:
    """Write a report."""
    document: Any = JUnitXml("sitemap check")
    for checked in report.checks:
        suite = TestSuite(safe(checked.target))
        suite.add_testcases(list(_cases(checked, report)))
        document.add_testsuite(suite)
    document.update_statistics()
    stream.write(document.tostring() + b"\n")


def _cases(checked: Checked, report: Report) -> Iterator[TestCase]:
    if checked.error:
        case = TestCase("the site was read", safe(checked.domain))
        case.result = [Error(safe(checked.error), checked.verdict or checked.status)]
        yield case
    for _, findings in by_rule(checked.new):
        yield _case(checked, findings, report)
    if not checked.new and not checked.error:
        yield TestCase("all rules", safe(checked.domain))


def _case(checked: Checked, findings: Sequence[Finding], report: Report) -> TestCase:
    """One rule: a failure if what it found is severe enough, else a case that says so in passing."""
    rule = report.rules[findings[0].rule]
    case = TestCase(f"{rule.id} {rule.name}", safe(checked.domain))
    text = "\n".join(_lines(findings))
    failing = [each for each in findings if report.fails(each)]
    if failing:
        failure = Failure(safe(rule.summary), failing[0].severity.value)
        failure.text = text
        case.result = [failure]
    else:
        case.system_out = text
    return case


def _lines(findings: Sequence[Finding]) -> Iterator[str]:
    for each in findings[:MOST]:
        where = place(each)
        yield f"{where}: {told(each)}" if where else told(each)
    if len(findings) > MOST:
        yield f"and in {len(findings) - MOST:,} more sitemaps"
