"""A report as Code Quality of GitLab.

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
from sitemap_cli.output.report_parts import format_finding, list_findings, strip_host

SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def write(report: Report, stream: BinaryIO) -> None:
    """Write a report."""
    seen = Counter[str]()
    stream.write(encode_json([_issue(*each, seen) for each in list_findings(report)], indent=2))


def _issue(checked: CheckedTarget, finding: Finding, seen: Counter[str]) -> dict[str, Any]:
    return {
        "description": f"{finding.rule}: {format_finding(finding)}",
        "check_name": f"{finding.rule} {finding.name}",
        "fingerprint": _fingerprint(finding, seen),
        "severity": SEVERITIES[finding.severity],
        "location": {"path": _path(checked, finding), "lines": {"begin": finding.line or 1}},
    }


def _fingerprint(finding: Finding, seen: Counter[str]) -> str:
    """The same for the same fault of a later run, and no other's in this one."""
    where = f"{finding.rule} {finding.severity.value} {strip_host(finding.sitemap)}"
    seen[where] += 1
    return hashlib.sha256(f"{where} {seen[where]}".encode("utf-8", "backslashreplace")).hexdigest()


def _path(checked: CheckedTarget, finding: Finding) -> str:
    """The local file, or host and path of the sitemap: it has to be relative."""
    url = finding.sitemap or ""
    if url in checked.files:
        return checked.files[url]
    return escape_text(f"{urlsplit(url).netloc or checked.domain}{strip_host(url)}")
