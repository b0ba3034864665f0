"""A report as Code Quality of GitLab.

See https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

import hashlib
from collections import Counter
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from sitemap_cli.model.values import Finding, Severity
from sitemap_cli.output.json_text import encoded
from sitemap_cli.output.report import Checked, Report
from sitemap_cli.output.reported import located, path, told
from sitemap_cli.output.safe import safe

SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def write(report: Report, stream: BinaryIO) -> None:
    """Write a report."""
    seen = Counter[str]()
    stream.write(encoded([_issue(*each, seen) for each in located(report)], indent=2))


def _issue(checked: Checked, finding: Finding, seen: Counter[str]) -> dict[str, Any]:
    return {
        "description": f"{finding.rule}: {told(finding)}",
        "check_name": f"{finding.rule} {finding.name}",
        "fingerprint": _fingerprint(finding, seen),
        "severity": SEVERITIES[finding.severity],
        "location": {"path": _path(checked, finding), "lines": {"begin": finding.line or 1}},
    }


def _fingerprint(finding: Finding, seen: Counter[str]) -> str:
    """The same for the same fault of a later run, and no other's in this one."""
    where = f"{finding.rule} {finding.severity.value} {path(finding.sitemap)}"
    seen[where] += 1
    return hashlib.sha256(f"{where} {seen[where]}".encode("utf-8", "backslashreplace")).hexdigest()


def _path(checked: Checked, finding: Finding) -> str:
    """The local file, or host and path of the sitemap: it has to be relative."""
    url = finding.sitemap or ""
    if url in checked.files:
        return checked.files[url]
    return safe(f"{urlsplit(url).netloc or checked.domain}{path(url)}")
