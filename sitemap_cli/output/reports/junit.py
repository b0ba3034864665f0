"""A report as JUnit XML: one suite per target, one case per rule with findings.

Grouped by rule, because ten thousand findings of one rule are usually one thing to fix.
See https://github.com/testmoapp/junitxml
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from junitparser import Error, Failure, JUnitXml, TestCase, TestSuite

from sitemap_cli.model.values import Finding
from sitemap_cli.output.escaping import defuse_xml, escape_text
from sitemap_cli.output.report import CheckedTarget, Report
from sitemap_cli.output.report_format import ReportFormat
from sitemap_cli.output.report_parts import (
    format_finding,
    format_more_sitemaps,
    format_place,
    group_by_rule,
    list_fixes,
    split_files,
)

MAX_LISTED = 100
"""Findings that are listed per rule."""


def write_report(report: Report, stream: BinaryIO) -> None:
    """Write a report."""
    document: Any = JUnitXml("sitemap check")
    for checked in report.checks:
        suite = TestSuite(escape_text(checked.target))
        if (pages := checked.requested_pages) is not None:
            suite.add_property("requested-pages", f"{pages.requested} of {pages.of}")
        if checked.together:
            suite.add_property("judged together with", escape_text(", ".join(checked.together)))
        suite.add_testcases(list(_build_cases(checked, report)))
        document.add_testsuite(suite)
    document.update_statistics()
    stream.write(defuse_xml(document.tostring().decode()).encode() + b"\n")


def _build_cases(checked: CheckedTarget, report: Report) -> Iterator[TestCase]:
    if error := checked.separate_error:
        case = TestCase("the site was read", escape_text(checked.domain))
        case.result = [Error(escape_text(error), checked.verdict or checked.status)]
        yield case
    for _, findings in group_by_rule(checked.findings):
        yield _build_case(checked, findings, report)
    if not checked.findings and not checked.error:
        yield TestCase("all rules", escape_text(checked.domain))


def _build_case(checked: CheckedTarget, findings: Sequence[Finding], report: Report) -> TestCase:
    """Return the case of one rule: a failure if a finding fails the check, else a case with output."""
    rule = report.rules[findings[0].rule]
    case = TestCase(f"{rule.id} {rule.name}", escape_text(checked.domain))
    fixes = (f"fix ({case}): {text}" if case else f"fix: {text}" for case, text in list_fixes(findings, rule))
    lines = [*_format_lines(findings, report.files), *fixes, *([f"see {rule.page}"] if rule.page else ())]
    text = "\n".join(lines)
    failing = [each for each in findings if report.is_failure(each)]
    if failing:
        failure = Failure(escape_text(rule.summary), failing[0].severity.value)
        failure.text = text
        case.result = [failure]
    else:
        case.system_out = text
    return case


def _format_lines(findings: Sequence[Finding], files: Mapping[str, str]) -> Iterator[str]:
    for each in findings[:MAX_LISTED]:
        for part in split_files(each):
            where = format_place(part, part.sitemap, files)
            yield f"{where}: {format_finding(part)}" if where else format_finding(part)
    if len(findings) > MAX_LISTED:
        yield f"and in {format_more_sitemaps(len(findings) - MAX_LISTED)}"


FORMAT = ReportFormat(write_report)
