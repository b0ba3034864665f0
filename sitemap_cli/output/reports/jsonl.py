"""A report as JSON Lines: one line per finding, then a summary."""

from typing import BinaryIO

from sitemap_cli.output.json_text import encode_json
from sitemap_cli.output.report import Report
from sitemap_cli.output.report_format import ReportFormat
from sitemap_cli.output.report_parts import (
    SCHEMA,
    count_findings,
    finding_to_json,
    list_findings,
    targets_to_json,
)


def write_report(report: Report, stream: BinaryIO) -> None:
    """Write a report."""
    findings = ({"type": "finding", **finding_to_json(*each)} for each in list_findings(report))
    stream.writelines(map(encode_json, findings))
    summary = {"targets": targets_to_json(report), **count_findings(report), "exit_code": report.exit_code}
    stream.write(encode_json({"type": "summary", "schema": SCHEMA, **summary}))


FORMAT = ReportFormat(write_report)
