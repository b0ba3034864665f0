"""A report as JSON Lines: a line for each finding, then the summary."""

from typing import BinaryIO

from sitemap_cli.output.json_text import encoded
from sitemap_cli.output.report import Report
from sitemap_cli.output.reported import SCHEMA, finding, located, summary, targets


def write(report: Report, stream: BinaryIO) -> None:
    """Write a report."""
    stream.writelines(encoded({"type": "finding", **finding(*each)}) for each in located(report))
    told = {"type": "summary", "schema": SCHEMA, "targets": targets(report), **summary(report)}
    stream.write(encoded({**told, "exit_code": report.exit_code}))
