"""A report as one JSON document, with the documented fields."""

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
    value = {
        "schema": SCHEMA,
        "job_id": report.checks[0].job_id if report.checks else None,
        "targets": targets_to_json(report),
        "summary": count_findings(report),
        "findings": [finding_to_json(*each) for each in list_findings(report)],
        "exit_code": report.exit_code,
    }
    stream.write(encode_json(value, indent=2))


FORMAT = ReportFormat(write_report)
