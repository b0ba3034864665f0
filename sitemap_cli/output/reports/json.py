"""A report as one JSON document."""

from typing import BinaryIO

from sitemap_cli.model.check_results import CHECK_SCHEMA, CheckDocument
from sitemap_cli.output.json_text import encode_json
from sitemap_cli.output.report import Report
from sitemap_cli.output.report_format import ReportFormat
from sitemap_cli.output.report_parts import build_finding, build_targets, count_findings, list_findings


def write_report(report: Report, stream: BinaryIO) -> None:
    """Write a report."""
    document = CheckDocument(
        schema=CHECK_SCHEMA,
        job_id=report.checks[0].job_id if report.checks else None,
        targets=build_targets(report),
        summary=count_findings(report),
        findings=[build_finding(*each) for each in list_findings(report)],
        exit_code=report.exit_code,
    )
    stream.write(encode_json(document, indent=2))


FORMAT = ReportFormat(write_report)
