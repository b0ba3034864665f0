"""A report as annotations of GitHub: workflow commands on stdout.

See https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from collections.abc import Iterator
from typing import BinaryIO

from sitemap_cli.model.values import Finding, Severity
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.output.report import CheckedTarget, Report
from sitemap_cli.output.report_parts import Located, format_finding, format_place, sort_by_severity

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
MOST = 10
"""Annotations of each kind that GitHub shows of a step."""


def write(report: Report, stream: BinaryIO) -> None:
    """Write a report."""
    stream.writelines(f"{line}\n".encode("utf-8", "backslashreplace") for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    findings = sort_by_severity(report)
    for severity in Severity:
        of_kind = [each for each in findings if each[1].severity is severity]
        yield from (_command(*each) for each in of_kind[:MOST])
    yield from (
        f"::error title={_property(each.domain)}::{_data(each.error)}" for each in report.checks if each.error
    )
    yield f"::notice title=sitemap check::{_data(_sum(findings))}"


def _command(checked: CheckedTarget, finding: Finding) -> str:
    file = checked.files.get(finding.sitemap or "")
    properties = {
        "file": file,
        "line": finding.line if file else None,
        "col": finding.column if file and finding.line else None,
        "title": f"{finding.rule} {finding.name}",
    }
    given = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value)
    where = "" if file else format_place(finding)
    text = f"{where}: {format_finding(finding)}" if where else format_finding(finding)
    return f"::{COMMANDS[finding.severity]} {given}::{_data(text)}"


def _sum(findings: list[Located]) -> str:
    counts = {severity: sum(each.severity is severity for _, each in findings) for severity in Severity}
    told = ", ".join(
        f"{count:,} {severity.value}{'' if count == 1 else 's'}" for severity, count in counts.items()
    )
    hidden = sum(max(0, count - MOST) for count in counts.values())
    return f"{told}; {hidden:,} of them are not shown here" if hidden else told


def _data(text: str) -> str:
    # No line break is left after this, with which a text could begin a command of its own.
    return escape_text(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
