"""A report as JSON Lines: a line for each finding, then a summary."""

from typing import BinaryIO

from msgspec.structs import asdict

from sitemap_cli.model.check_results import CHECK_SCHEMA, CheckFindingLine, CheckSummaryLine
from sitemap_cli.output.json_text import encode_json
from sitemap_cli.output.report import Report
from sitemap_cli.output.report_format import ReportFormat
from sitemap_cli.output.report_parts import build_finding, build_targets, count_findings, list_findings


def write_report(report: Report, stream: BinaryIO) -> None:
    """Write a report."""
    findings = (CheckFindingLine(**asdict(build_finding(*each))) for each in list_findings(report))
    stream.writelines(map(encode_json, findings))
    summary = CheckSummaryLine(
        schema=CHECK_SCHEMA,
        targets=build_targets(report),
        exit_code=report.exit_code,
        **asdict(count_findings(report)),
    )
    stream.write(encode_json(summary))


FORMAT = ReportFormat(write_report)
