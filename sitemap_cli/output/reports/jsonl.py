"""A report as JSON Lines: a line for each finding, then the summary."""

from typing import BinaryIO

from sitemap_cli.output.json_text import encode_json
from sitemap_cli.output.report import Report
from sitemap_cli.output.report_parts import (
    SCHEMA,
    count_findings,
    finding_to_json,
    list_findings,
    targets_to_json,
)


def write(report: Report, stream: BinaryIO) -> None:
    """Write a report."""
    stream.writelines(
        encode_json({"type": "finding", **finding_to_json(*each)}) for each in list_findings(report)
    )
    told = {"type": "summary", "schema": SCHEMA, "targets": targets_to_json(report), **count_findings(report)}
    stream.write(encode_json({**told, "exit_code": report.exit_code}))
