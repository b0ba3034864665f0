"""A report as GitHub annotations: workflow commands on stdout.

See https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from sitemap_cli.model.values import Finding, Severity
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.output.report import CheckedTarget, Report
from sitemap_cli.output.report_format import CiSummary, ReportFormat
from sitemap_cli.output.report_parts import (
    Located,
    find_file,
    format_finding,
    format_place,
    sort_by_severity,
    split_files,
)

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
MAX_ANNOTATIONS = 10
"""Annotations of each kind that GitHub shows per step."""


def write_report(report: Report, stream: BinaryIO) -> None:
    """Write a report."""
    stream.writelines(f"{line}\n".encode("utf-8", "backslashreplace") for line in _format_lines(report))


def _format_lines(report: Report) -> Iterator[str]:
    located = sort_by_severity(report)
    findings = [(checked, each) for checked, finding in located for each in split_files(finding)]
    for severity in Severity:
        of_kind = [each for each in findings if each[1].severity is severity]
        yield from (_format_annotation(*each) for each in of_kind[:MAX_ANNOTATIONS])
    yield from (
        f"::error title={_escape_property(each.domain)}::{_escape_data(each.separate_error)}"
        for each in report.checks
        if each.separate_error
    )
    joint = f"judged together: {', '.join(report.joint_targets)}" if report.joint_targets else ""
    summary = "; ".join(filter(None, (_format_summary(located, findings), joint, report.missing_pages)))
    yield f"::notice title=sitemap check::{_escape_data(summary)}"


def _format_annotation(checked: CheckedTarget, finding: Finding) -> str:
    file = find_file(finding, finding.sitemap, checked.files)
    properties = {
        "file": file,
        "line": finding.line if file else None,
        "col": finding.column if file and finding.line else None,
        "title": f"{finding.rule} {finding.name}",
    }
    given = ",".join(f"{name}={_escape_property(str(value))}" for name, value in properties.items() if value)
    where = "" if file else format_place(finding, finding.sitemap)
    text = f"{where}: {format_finding(finding)}" if where else format_finding(finding)
    return f"::{COMMANDS[finding.severity]} {given}::{_escape_data(text)}"


def _format_summary(findings: Sequence[Located], annotated: Sequence[Located]) -> str:
    """Return the number of findings, and of the annotations that are left out."""
    counts = {severity: sum(each.severity is severity for _, each in findings) for severity in Severity}
    summary = ", ".join(
        f"{count:,} {severity.value}{'' if count == 1 else 's'}" for severity, count in counts.items()
    )
    kinds = Counter(each.severity for _, each in annotated)
    hidden = sum(max(0, count - MAX_ANNOTATIONS) for count in kinds.values())
    return f"{summary}; {hidden:,} of them are not shown here" if hidden else summary


def _escape_data(text: str) -> str:
    # Without line breaks, the text cannot begin a workflow command.
    return escape_text(text).replace("%", "%25")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")


FORMAT = ReportFormat(write_report, CiSummary("GITHUB_STEP_SUMMARY", "markdown"))
