"""A report of a site or of a group of sites as one JSON document."""

from typing import BinaryIO

from sitemap_cli.model.site_report import ReportDocument
from sitemap_cli.output.json_text import encode_json
from sitemap_cli.output.site_report_format import SiteReportFormat


def write_report(report: ReportDocument, stream: BinaryIO) -> None:
    """Write a report."""
    stream.write(encode_json(report, indent=2))


FORMAT = SiteReportFormat(write_report)
