"""A report as one JSON value, in the shape that scripts depend on."""

from typing import BinaryIO

from sitemap_cli.output.json_text import encoded
from sitemap_cli.output.report import Report
from sitemap_cli.output.reported import SCHEMA, finding, located, summary, targets


def write(report: Report, stream: BinaryIO) -> None:
    """Write a report."""
    value = {
        "schema": SCHEMA,
        "job_id": report.checks[0].job_id if report.checks else None,
        "targets": targets(report),
        "summary": summary(report),
        "findings": [finding(*each) for each in located(report)],
        "exit_code": report.exit_code,
    }
    stream.write(encoded(value, indent=2))
