"""A report as GitLab Code Quality.

See https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

import hashlib
from collections import Counter
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from sitemap_cli.model.values import Finding, Severity
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.output.json_text import encode_json
from sitemap_cli.output.report import CheckedTarget, Report
from sitemap_cli.output.report_format import ReportFormat
from sitemap_cli.output.report_parts import find_file, format_finding, list_findings, split_files
from sitemap_cli.urls import path_and_query

SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def write_report(report: Report, stream: BinaryIO) -> None:
    """Write a report."""
    seen = Counter[str]()
    stream.write(
        encode_json(
            [
                _build_issue(checked, each, seen)
                for checked, finding in list_findings(report)
                for each in split_files(finding)
            ],
            indent=2,
        )
    )


def _build_issue(checked: CheckedTarget, finding: Finding, seen: Counter[str]) -> dict[str, Any]:
    return {
        "description": f"{finding.rule}: {format_finding(finding)}",
        "check_name": f"{finding.rule} {finding.name}",
        "fingerprint": _compute_fingerprint(finding, seen),
        "severity": SEVERITIES[finding.severity],
        "location": {"path": _build_path(checked, finding), "lines": {"begin": finding.line or 1}},
    }


def _compute_fingerprint(finding: Finding, seen: Counter[str]) -> str:
    """Return an id that a later run gives to the same finding, and this run to no other."""
    where = f"{finding.rule} {finding.severity.value} {path_and_query(finding.sitemap)}"
    if finding.file:
        where += f" {finding.file}"
    seen[where] += 1
    return hashlib.sha256(f"{where} {seen[where]}".encode("utf-8", "backslashreplace")).hexdigest()


def _build_path(checked: CheckedTarget, finding: Finding) -> str:
    """Return the local file, or host and path of the sitemap: GitLab wants a relative path."""
    url = finding.sitemap or ""
    if file := find_file(finding, url, checked.files):
        return file
    return escape_text(f"{urlsplit(url).netloc or checked.domain}{path_and_query(url)}")


FORMAT = ReportFormat(write_report, has_notes=False)
