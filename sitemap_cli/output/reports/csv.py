"""A report as CSV: a row for every place of every finding."""

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from sitemap_cli.output.output_format import Row, load_output_format
from sitemap_cli.output.report import Report
from sitemap_cli.output.report_format import ReportFormat
from sitemap_cli.output.report_parts import list_findings

FIELDS = ("rule", "name", "severity", "url", "sitemap", "line", "column", "value", "message", "file")
ROWS = 1_000
"""Rows that are written at a time."""


def write_report(report: Report, stream: BinaryIO, *, raw: bool = False, excel: bool = False) -> None:
    """Write a report.

    ``raw`` keeps cells that look like formulas unchanged, ``excel`` begins with a byte order mark.
    """
    rows = _list_rows(report)
    with load_output_format("csv").open_writer(stream, FIELDS, raw=raw, excel=excel) as write_rows:
        while some := list(islice(rows, ROWS)):
            write_rows(some)


def _list_rows(report: Report) -> Iterator[Row]:
    for checked, finding in list_findings(report):
        head = (finding.rule, finding.name, finding.severity.value)
        for each in checked.list_places(finding):
            message, loc, line, column, value, file = each
            yield (*head, loc, finding.sitemap, line, column, value, message, file)


FORMAT = ReportFormat(write_report, every_place=True, has_notes=False, options=frozenset({"raw", "excel"}))
